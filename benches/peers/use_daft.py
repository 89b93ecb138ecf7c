"""daft: normalize, minhash, bands, groups.

The steps of its guide "MinHash Deduplication": all of `normalize`, 64 hashes by xxhash, bands and rows by its
`optimal_param`, bands exploded and grouped, each group joined to its smallest member. The guide then contracts stars
over several queries to get connected components; here a union-find does, which is faster at this size. What comes out
is not filtered: clusters, as in the guide.
"""
import daft
from daft import col
from daft.functions import chunk, monotonically_increasing_id

from shared import SHINGLE, parser, write_groups

# optimal_param(threshold=0.8, num_perm=64), computed once: its integrals take half a second.
BANDS, ROWS = 5, 11


@daft.func()
def band_numbers(bands: list[list[int]]) -> list[int]:
    return list(range(len(bands)))


def sign(args):
    """Each document's id, number and signature."""
    text = col(args.text_field).normalize(remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
    signature = text.minhash(num_hashes=BANDS * ROWS, ngram_size=SHINGLE, seed=42, hash_function='xxhash')
    name = col(args.id_field).cast(daft.DataType.string())
    return (daft.read_json(args.input)
            .select(name.alias('id'), signature.alias('signature'))
            .with_column('node', monotonically_increasing_id())
            .collect())


def join(signed):
    """The edges (smallest, other) between documents that share a band."""
    return (signed
            .select(col('node'), chunk(col('signature'), ROWS).alias('band'))
            .with_column('number', band_numbers(col('band')))
            .explode('band', 'number')
            .groupby('number', 'band')
            .agg(col('node').list_agg().alias('nodes'))
            .with_column('u', col('nodes').list_min())
            .explode('nodes')
            .select(col('u'), col('nodes').alias('v'))
            .where(col('u') != col('v'))
            .distinct()
            .to_pydict())


def components(edges):
    """The connected components, as lists of nodes."""
    parent = {}

    def root(node):
        while parent.setdefault(node, node) != node:
            parent[node] = node = parent[parent[node]]
        return node

    for u, v in zip(edges['u'], edges['v']):
        parent[root(u)] = root(v)
    clusters = {}
    for node in parent:
        clusters.setdefault(root(node), []).append(node)
    return clusters.values()


def main():
    args = parser(__doc__).parse_args()
    if args.threshold != 0.8:
        raise SystemExit('the bands of daft are computed for a threshold of 0.8 only')
    daft.set_runner_native(num_threads=1)
    signed = sign(args)
    names = signed.select('id', 'node').to_pydict()
    ids = dict(zip(names['node'], names['id']))
    write_groups(args.output, ([ids[node] for node in cluster] for cluster in components(join(signed))))


if __name__ == '__main__':
    main()
