"""gaoya: MinHashStringIndex.

As its documentation and its notebook have it: the analyzer in Rust (words, split at ASCII spaces and punctuation),
bands that the index chooses for the threshold out of 128 hashes, bulk insertion, then one bulk query with all
documents. The index filters by the estimate itself.
"""
from gaoya.minhash import MinHashStringIndex

from shared import SHINGLE, corpus, parser, write_groups

HASHES = 128


def main():
    args = parser(__doc__).parse_args()
    ids, texts = corpus(args)
    index = MinHashStringIndex(hash_size=32, jaccard_threshold=args.threshold, num_bands=None, band_size=None,
                               num_hashes=HASHES, analyzer='word', lowercase=True, ngram_range=(SHINGLE, SHINGLE),
                               id_container='smallvec')
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    found = index.par_bulk_query(texts)
    write_groups(args.output, ((ids[other], ids[at]) for at, others in enumerate(found) for other in others
                               if other < at))


if __name__ == '__main__':
    main()
