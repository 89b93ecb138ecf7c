"""datasketch: MinHash and MinHashLSH.

As its documentation has it: sketches in bulk, an index made for the threshold, each document looked up in it, and what
comes back filtered by `MinHash.jaccard`. Shingles are hashed by SHA-1, its default, or by MurmurHash3 in the words of
its section on other hash functions.
"""
import mmh3
from datasketch import MinHash, MinHashLSH
from datasketch.hashfunc import sha1_hash32

from shared import corpus, parser, shingles, write_groups

PERMUTATIONS = 128


def murmur_hash32(shingle):
    return mmh3.hash(shingle, signed=False)


HASHES = {'sha1': sha1_hash32, 'murmur3': murmur_hash32}


def main():
    arguments = parser(__doc__)
    arguments.add_argument('--hash', choices=HASHES, default='sha1')
    args = arguments.parse_args()
    ids, texts = corpus(args)
    sets = ([shingle.encode() for shingle in shingles(text)] for text in texts)
    sketches = MinHash.bulk(sets, num_perm=PERMUTATIONS, hashfunc=HASHES[args.hash])
    index = MinHashLSH(threshold=args.threshold, num_perm=PERMUTATIONS)
    pairs = []
    for at, sketch in enumerate(sketches):
        if sketch.is_empty():
            continue
        for other in index.query(sketch):
            if sketch.jaccard(sketches[other]) >= args.threshold:
                pairs.append((ids[other], ids[at]))
        index.insert(at, sketch)
    write_groups(args.output, pairs)


if __name__ == '__main__':
    main()
