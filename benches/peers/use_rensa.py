"""rensa: R-MinHash over all shingles, and its LSH index.

The full kernel (`RMinHash.from_token_sets`), not the rho pipeline that samples positions. Bands and permutations are
those of `RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True)`, which finds candidates by this index and
filters them by the estimate; the index is used itself since the deduplicator never compares what it has removed.
"""
from rensa import RMinHash, RMinHashLSH

from shared import corpus, parser, shingles, write_groups

PERMUTATIONS = 128
BANDS = 8  # what the deduplicator takes from a threshold of 0.8 on


def main():
    args = parser(__doc__).parse_args()
    ids, texts = corpus(args)
    sketches = RMinHash.from_token_sets((shingles(text) for text in texts), num_perm=PERMUTATIONS, seed=42)
    index = RMinHashLSH(threshold=args.threshold, num_perm=PERMUTATIONS, num_bands=BANDS)
    index.insert_many(sketches)
    pairs = []
    for at, candidates in enumerate(index.query_all(sketches)):
        for other in candidates:
            if other < at and sketches[at].jaccard(sketches[other]) >= args.threshold:
                pairs.append((ids[other], ids[at]))
    write_groups(args.output, pairs)


if __name__ == '__main__':
    main()
