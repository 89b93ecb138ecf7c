"""Holds findings against planted cases.

A case is found to the share of it that is covered: the smaller share of its two places, over all matches that have a
side on either place, and all families that have a place on either. That is the detection of PAN (Potthast et al., "An
Evaluation Framework for Plagiarism Detection", COLING 2010), asked of both sides; families count because a passage that
stands at many places is not matched with each of them.
"""
import json
from collections import Counter, defaultdict
from typing import NamedTuple

from plant import WORD, Span


class Row(NamedTuple):
    cases: int
    hit50: float
    hit80: float


class Score:
    """What was found of each case, and what else was reported."""

    def __init__(self, cases, matches, families, texts):
        self.cases = cases
        places = defaultdict(list)
        for number, family in enumerate(families):
            for place in family:
                places[place.document].append((number, place))
        between = defaultdict(list)
        for number, (x, y) in enumerate(matches):
            between[frozenset((x.document, y.document))].append(number)
        inside = defaultdict(lambda: ([], []))  # the stretches of each match, by side, that lie in a case
        self.found = []
        for case in cases:
            covered = ([], [])
            for number in between[frozenset((case.source.document, case.copy.document))]:
                for stretch, side, of_match in touched(case, matches[number]):
                    covered[side].append(stretch)
                    inside[number][of_match].append(stretch)
            for stretches, side in zip(covered, in_one_family(case, places)):
                stretches.extend(side)
            shares = [length(c) / (s.end - s.start) for c, s in zip(covered, (case.source, case.copy))]
            self.found.append(min(shares))
        self.planted = len(inside)
        shares = [sum(map(length, sides)) / sum(s.end - s.start for s in matches[number])
                  for number, sides in inside.items()]
        self.precise = sum(shares) / len(shares) if shares else 0.0
        others = [match for number, match in enumerate(matches) if number not in inside]
        self.wrong = sum(is_wrong(match, texts) for match in others)
        self.others = len(others)

    def row(self, chosen):
        shares = [share for case, share in zip(self.cases, self.found) if chosen(case)]
        count = max(1, len(shares))
        return Row(len(shares), sum(s >= .5 for s in shares) / count, sum(s >= .8 for s in shares) / count)

    def precision(self):
        """Of all that was reported, the share that is right: the places of cases by their characters, all other matches
        by whether they are repeats at all."""
        right = self.precise * self.planted + self.others - self.wrong
        return right / max(1, self.planted + self.others)


def in_one_family(case, places):
    """The stretches of both places of a case at which some family stands that stands at the other too."""
    sides = [[(n, place) for n, place in places[s.document] if common(s, place)] for s in (case.source, case.copy)]
    pairs = [(x, y) for m, x in sides[0] for n, y in sides[1] if m == n and x != y]
    return [common(case.source, x) for x, _ in pairs], [common(case.copy, y) for _, y in pairs]


def touched(case, match):
    """The stretches that a match shares with a case, if it has a side on either place: (stretch, side of the case, side
    of the match)."""
    for x, y in ((0, 1), (1, 0)):
        a, b = common(case.source, match[x]), common(case.copy, match[y])
        if a and b:
            return [(a, 0, x), (b, 1, y)]
    return []


def common(x, y):
    start, end = max(x.start, y.start), min(x.end, y.end)
    return (start, end) if x.document == y.document and start < end else None


def length(stretches):
    total, reached = 0, -1
    for start, end in sorted(stretches):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def is_wrong(match, texts):
    """Whether less than half of the words of the shorter side stand on the other: no repeat that the text had anyway."""
    bags = [Counter(WORD.findall(texts[s.document][s.start:s.end].lower())) for s in match]
    return 2 * (bags[0] & bags[1]).total() < min(bag.total() for bag in bags)


def read_findings(path):
    """Returns the matches, as their two places, and the families, as all of theirs."""
    matches, families = [], []
    with open(path, encoding='utf8') as lines:
        for found in map(json.loads, lines):
            if found['type'] == 'passage_match':
                matches.append((span(found['a']), span(found['b'])))
            elif found['type'] == 'passage_family':
                families.append([span(place) for place in [found['keep'], *found['occurrences']]])
    return matches, families


def span(place):
    return Span(place['id'], place['char_start'], place['char_end'])
