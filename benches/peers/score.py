"""Compares groups of duplicates with the exact truth.

Documents of fewer than MIN_SHINGLES shingles are left out of everything: there the tools differ in what a duplicate is,
not in how well they find it.
"""
import itertools

MIN_SHINGLES = 10
BANDS = (0.80, 0.85, 0.90, 0.95, 1.01)
# Wrongly reported pairs are told apart down to here.
FLOOR = 0.70


class Truth:
    """All pairs of similarity FLOOR or more between documents that are long enough."""

    def __init__(self, pairs_file, ids_file, documents):
        self.documents = documents
        with open(ids_file, encoding='utf8') as lines:
            self.ids = set(lines.read().splitlines())
        self.similarity = {}
        with open(pairs_file, encoding='utf8') as lines:
            for line in lines:
                a, b, shared, size_a, size_b = line.rstrip('\n').split('\t')
                if a in self.ids and b in self.ids:
                    shared = int(shared)
                    self.similarity[pair(a, b)] = shared / (int(size_a) + int(size_b) - shared)

    def band(self, low, high):
        return [ids for ids, similarity in self.similarity.items() if low <= similarity < high]


class Reported:
    """What a tool calls duplicates of each other: pairs, and clusters, which do not overlap."""

    def __init__(self, groups, truth):
        self.pairs, self.cluster, self.count = set(), {}, 0
        for number, group in enumerate(groups):
            group = [name for name in group if name in truth.ids]
            if len(group) == 2:
                self.pairs.add(pair(*group))
            elif len(group) > 2:
                self.cluster.update((name, number) for name in group)
                self.count += len(group) * (len(group) - 1) // 2
        self.count += len(self.pairs)

    def has(self, a, b):
        return pair(a, b) in self.pairs or (a in self.cluster and self.cluster[a] == self.cluster.get(b))


def pair(a, b):
    return (a, b) if a < b else (b, a)


def read_groups(path):
    with open(path, encoding='utf8') as lines:
        return [line.rstrip('\n').split('\t') for line in lines]


def score(truth, groups, threshold=BANDS[0]):
    """Recall by band and in all, and the shares of the reported pairs that are at the threshold or more, and FLOOR or
    more. A share of nothing is None."""
    reported = Reported(groups, truth)
    finds = finder(truth, reported)
    bands = [truth.band(low, high) for low, high in itertools.pairwise(BANDS)]
    found = [sum(finds(a, b) for a, b in band) for band in bands]
    reach = {low: sum(reported.has(a, b) for a, b in truth.band(low, BANDS[-1])) for low in (threshold, FLOOR)}
    return {
        'recall': [share(n, len(band)) for n, band in zip(found, bands)],
        'recall_all': share(sum(found), sum(map(len, bands))),
        'precision': share(reach[threshold], reported.count),
        'near': share(reach[FLOOR], reported.count),
        'reported': reported.count,
    }


def finder(truth, reported):
    """Whether a pair is reported, where of documents that are equal and reported so any stands for each other: a tool
    need not list a million copies in pairs."""
    root = {}

    def find(name):
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for (a, b), similarity in truth.similarity.items():
        if similarity == 1 and reported.has(a, b):
            root[max(find(a), find(b))] = min(find(a), find(b))
    linked = {pair(find(a), find(b)) for a, b in reported.pairs}
    return lambda a, b: reported.has(a, b) or find(a) == find(b) or pair(find(a), find(b)) in linked


def largest_error(truth, measured):
    """The largest difference of a similarity that a tool states; pairs below FLOOR count as FLOOR."""
    return max((abs(similarity - truth.similarity.get(pair(a, b), FLOOR)) for a, b, similarity in measured
                if a in truth.ids and b in truth.ids), default=0)


def share(part, whole):
    return part / whole if whole else None
