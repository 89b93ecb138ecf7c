"""Tests of what the table rests on: `python3 -m unittest discover benches/passages`."""
import random
import unittest

import plant
import score
from plant import Case, Span


def planted(seed=3, per_kind=2):
    planter = plant.Planter(plant.made_documents(200, seed), seed)
    planter.plant(per_kind)
    return planter


def words(text):
    return plant.WORD.findall(text.lower())


class Plant(unittest.TestCase):
    def test_every_kind_is_planted_within_and_across(self):
        kinds = {}
        for case in planted().cases:
            kinds.setdefault(case.kind, set()).add(case.source.document == case.copy.document)
        self.assertEqual(kinds, dict.fromkeys([*plant.KINDS, *plant.KINDS_CJK], {True, False}))

    def test_places_are_those_of_the_source_and_of_its_copy(self):
        planter = planted()
        same_words = {'verbatim', 'paragraphs joined', 'split into paragraphs', 'inside a sentence', 'upper case',
                      'no punctuation', 'CJK, verbatim'}
        for case in planter.cases:
            source, copy = (planter.texts[s.document][s.start:s.end] for s in (case.source, case.copy))
            self.assertGreaterEqual(len(words(source)), plant.LEAST, case)
            if case.kind in same_words:
                self.assertEqual(words(source), words(copy), case)
            if case.kind == 'sentences in another order':
                self.assertEqual(sorted(words(source)), sorted(words(copy)), case)

    def test_two_places_of_one_document_do_not_overlap(self):
        for case in planted().cases:
            self.assertIsNone(score.common(case.source, case.copy), case)

    def test_edits_change_as_many_words_as_they_say(self):
        text = ' '.join(plant.made_word(n) for n in range(1, 4001))
        rng, count = random.Random(1), 4000
        changed = words(plant.KINDS['10% of words replaced'](text, rng, ['xxxx']))
        self.assertAlmostEqual(changed.count('xxxx') / count, .10, delta=.02)
        self.assertAlmostEqual(len(words(plant.KINDS['20% of words left out'](text, rng, []))) / count, .80, delta=.02)
        self.assertAlmostEqual(len(words(plant.KINDS['5% more words'](text, rng, ['xxxx']))) / count, 1.05, delta=.02)
        read = words(plant.KINDS['10% of words misread (OCR)'](text, rng, []))
        self.assertAlmostEqual(sum(x != y for x, y in zip(words(text), read)) / count, .10, delta=.02)

    def test_the_same_seed_gives_the_same_corpus_and_another_another(self):
        self.assertEqual((planted(3).texts, planted(3).cases), (planted(3).texts, planted(3).cases))
        self.assertNotEqual(planted(3).cases, planted(4).cases)


class Scores(unittest.TestCase):
    TEXTS = {'a': 'un deux trois quatre ' * 20, 'b': 'un deux trois quatre ' * 20, 'c': 'cinq six sept huit ' * 20}
    CASE = Case('verbatim', 20, Span('a', 0, 100), Span('b', 100, 200))

    def score(self, *matches, families=()):
        found = score.Score([self.CASE], matches, families, self.TEXTS)
        return found.found[0], found.precision()

    def test_a_match_of_both_places_finds_them_in_either_order(self):
        self.assertEqual(self.score((Span('a', 0, 100), Span('b', 100, 200))), (1.0, 1.0))
        self.assertEqual(self.score((Span('b', 100, 200), Span('a', 0, 100))), (1.0, 1.0))

    def test_the_worse_side_counts_and_parts_add_up(self):
        self.assertEqual(self.score((Span('a', 0, 100), Span('b', 100, 140)))[0], .4)
        parts = (Span('a', 0, 50), Span('b', 100, 150)), (Span('a', 40, 90), Span('b', 150, 190))
        self.assertEqual(self.score(*parts)[0], .9)

    def test_a_family_with_both_places_finds_them(self):
        both = [Span('a', 0, 100), Span('b', 120, 200), Span('c', 0, 50)]
        self.assertEqual(self.score(families=[both])[0], .8)
        self.assertEqual(self.score(families=[both[:1], both[1:]])[0], 0.0)

    def test_what_lies_beside_is_neither_found_nor_right(self):
        self.assertEqual(self.score((Span('a', 100, 180), Span('b', 0, 90)))[0], 0.0)
        self.assertEqual(self.score((Span('a', 0, 100), Span('c', 0, 80))), (0.0, 0.0))
        self.assertEqual(self.score((Span('a', 0, 200), Span('b', 100, 300))), (1.0, .5))

    def test_repeats_that_were_there_anyway_are_right(self):
        self.assertEqual(self.score((Span('a', 200, 300), Span('b', 0, 80))), (0.0, 1.0))


if __name__ == '__main__':
    unittest.main()
