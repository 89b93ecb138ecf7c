"""text-dedup: its script `text_dedup.minhash`, called with the arguments of its documentation.

Hashes are xxh3, which its help calls faster than the default, and permutations 128; bands follow from the threshold. It
clusters without a filter, by union-find.
"""
import tempfile

from text_dedup import minhash

from shared import SHINGLE, documents, parser, write_groups

PERMUTATIONS = 128


def main():
    args = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        minhash.main.main(
            ['--path', 'json', '--data_files', args.input, '--split', 'train', '--cache_dir', f'{folder}/cache',
             '--output', f'{folder}/out', '--column', args.text_field, '--ngram', str(SHINGLE), '--num_perm',
             str(PERMUTATIONS), '--threshold', str(args.threshold), '--hash_func', 'xxh3', '--num_proc', '1'],
            standalone_mode=False)
    ids = [name for name, _ in documents(args.input, args.text_field, args.id_field)]
    clusters = {}
    for node in list(minhash.uf.parent):
        clusters.setdefault(minhash.uf.find(node), []).append(ids[node])
    write_groups(args.output, (cluster for cluster in clusters.values() if len(cluster) > 1))


if __name__ == '__main__':
    main()
