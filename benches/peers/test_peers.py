"""Tests of what the comparison rests on: `python3 -m unittest discover benches/peers`."""
import itertools
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import score
import shared

ROOT = pathlib.Path(__file__).resolve().parents[2]


def truth(similarities, ids='abcdefgh'):
    made = object.__new__(score.Truth)
    made.ids, made.similarity = set(ids), similarities
    return made


class Words(unittest.TestCase):
    def test_words_are_runs_of_letters_and_digits_and_single_characters(self):
        self.assertEqual(shared.words("L'ÉTÉ 3,5 km_2 ABC東京deｆ ½"),
                         ['l', 'été', '3', '5', 'km', '2', 'abc', '東', '京', 'def', '1', '2'])
        self.assertEqual(shared.words('e\u0301te\u0301 sou\u00adve\u200bnir ΟΔΌΣ'), ['été', 'souvenir', 'οδόσ'])
        self.assertEqual(shared.words(' \n… ・'), [])

    def test_shingles_are_runs_of_five_words(self):
        self.assertEqual(shared.shingles('Un, deux, trois, quatre, cinq, six'),
                         ['un deux trois quatre cinq', 'deux trois quatre cinq six'])
        self.assertEqual(shared.shingles('Trois mots seuls'), ['trois mots seuls'])
        self.assertEqual(shared.shingles(' ? '), [])


class ExactPairs(unittest.TestCase):
    def test_equal_brute_force(self):
        documents = self.documents()
        sets = [set(zip(*(words[at:] for at in range(5)))) if len(words) >= 5 else {tuple(words)} - {()}
                for words in documents]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'words.tsv'
            path.write_text(''.join(f'{number}\t{" ".join(words)}\n' for number, words in enumerate(documents)))
            # As the other tests are built, so that nothing is built twice.
            subprocess.run(['cargo', 'build', '--quiet', '--locked', '--workspace', '--all-features', '--example',
                            'exact_pairs'], cwd=ROOT, check=True)
            target = pathlib.Path(os.environ.get('CARGO_TARGET_DIR', ROOT / 'target'))
            program = ROOT / target / 'debug' / 'examples' / 'exact_pairs'
            for threshold in (0.2, 0.8, 1):
                found = subprocess.run([program, path, str(threshold)], cwd=ROOT, check=True,
                                       capture_output=True, text=True).stdout
                wanted = [f'{a}\t{b}\t{len(sets[a] & sets[b])}\t{len(sets[a])}\t{len(sets[b])}'
                          for a, b in itertools.combinations(range(len(sets)), 2)
                          if sets[a] and sets[b] and len(sets[a] & sets[b]) >= threshold * len(sets[a] | sets[b])]
                self.assertGreater(len(wanted), 10)
                self.assertEqual(found.splitlines(), wanted)

    @staticmethod
    def documents():
        """Families of four, some shorter than a shingle, each with up to three words changed."""
        pick = random.Random(1)
        documents = []
        for _ in range(40):
            words = [f'w{pick.randrange(60)}' for _ in range(pick.randrange(40))]
            for _ in range(4):
                copy = list(words)
                for _ in range(pick.randrange(4) if words else 0):
                    copy[pick.randrange(len(copy))] = f'x{pick.randrange(5)}'
                documents.append(copy)
        return documents


class Score(unittest.TestCase):
    def test_bands_and_precision_count_pairs(self):
        known = truth({('a', 'b'): 0.8, ('a', 'c'): 0.86, ('b', 'c'): 0.99, ('d', 'e'): 0.75})
        result = score.score(known, [['b', 'a'], ['c', 'b'], ['d', 'e'], ['f', 'g'], ['a', 'unknown']])
        self.assertEqual(result['recall'], [1, 0, None, 1])
        self.assertEqual(result['recall_all'], 2 / 3)
        self.assertEqual((result['precision'], result['near'], result['reported']), (0.5, 0.75, 4))

    def test_a_cluster_is_all_its_pairs(self):
        known = truth({('a', 'b'): 0.8, ('a', 'c'): 0.86, ('d', 'e'): 0.9})
        result = score.score(known, [['a', 'b', 'c'], ['e', 'd']])
        self.assertEqual((result['recall_all'], result['reported'], result['precision']), (1, 4, 0.75))

    def test_reported_equals_stand_for_each_other(self):
        known = truth({('a', 'b'): 1, ('a', 'c'): 0.9, ('b', 'c'): 0.9,
                       ('d', 'e'): 1, ('d', 'f'): 0.9, ('e', 'f'): 0.9})
        result = score.score(known, [['a', 'b'], ['b', 'c'], ['d', 'f']])
        self.assertEqual(result['recall'], [None, None, 0.75, 0.5])

    def test_stated_similarities_are_compared_with_the_truth(self):
        known = truth({('a', 'b'): 0.8})
        self.assertAlmostEqual(score.largest_error(known, [('b', 'a', 0.8), ('c', 'd', 0.9)]), 0.2)
        self.assertEqual(score.largest_error(known, []), 0)


if __name__ == '__main__':
    unittest.main()
