"""The kernels for engines: each by itself. That together they do what one machine does, the tests of the cluster job show."""

import pickle

import pyarrow
import pytest

import doublon
from doublon import kernels

WORDS = "the council met on monday and agreed on a new plan for the old harbour of the town".split()


@pytest.fixture
def job():
    return kernels.draw(threshold=0.8)


def table(rows) -> dict:
    return pyarrow.table(rows).to_pydict()


def test_equal_texts_have_one_fingerprint_and_like_ones_share_a_key(job):
    texts = pyarrow.array(["One text of some words.", "one TEXT, of some words", "Another text", " \n", None, "😀"])
    rows = table(job.sketch(texts))
    assert rows["reason"] == [None, None, None, "empty", "missing_text", None]
    prints = rows["fingerprint"]
    assert prints[0] == prints[1] != prints[2] and prints[3] is None
    assert all(len(prints[n]) == 16 and len(rows["sketch"][n]) == 64 for n in (0, 1, 2, 5))
    assert rows["keys"][0] == rows["keys"][1]
    assert [key >> 32 for key in rows["keys"][0]] == list(range(12)) and rows["keys"][3] == []


def test_batches_and_forms_do_not_change_a_row(job):
    texts = [" ".join(WORDS[n:]) for n in range(len(WORDS))]
    whole = table(job.sketch(pyarrow.array(texts)))
    for type in (pyarrow.large_string(), pyarrow.string_view()):
        parts = pyarrow.chunked_array([texts[:5], [], texts[5:]], type)
        assert table(job.sketch(parts)) == whole
    ones = [table(job.sketch(pyarrow.array([text]))) for text in texts]
    assert {name: [one[name][0] for one in ones] for name in whole} == whole


def test_kernels_are_pickled_with_their_secret(job):
    texts = pyarrow.array([" ".join(WORDS)])
    again = pickle.loads(pickle.dumps(job))
    assert table(again.sketch(texts)) == table(job.sketch(texts))
    assert table(again.shingles(texts)) == table(job.shingles(texts))
    other = kernels.draw(threshold=0.8)
    assert table(other.sketch(texts))["fingerprint"] != table(job.sketch(texts))["fingerprint"]
    assert table(other.sketch(texts))["keys"] == table(job.sketch(texts))["keys"]
    assert again.parameters == job.parameters and job.parameters["threshold"] == 0.8


def test_settings_that_need_other_documents_are_refused():
    for name, value in [("containment", 0.9), ("keep", "longest"), ("pairs", True), ("unit", "line")]:
        with pytest.raises(doublon.SettingError, match=f"{name} is not supported by kernels"):
            kernels.draw(**{name: value})
    with pytest.raises(doublon.SettingError, match="did you mean threshold"):
        kernels.draw(treshold=0.8)


def test_lines_give_their_records_and_places(job):
    lines = b'{"id": "x", "text": "A text"}\n\n{"text": 5}\nno json\n{"text": "Last"}'
    rows = table(job.json_lines(lines, first=7, offset=100))
    assert rows["record"] == [7, 9, 10, 11] and rows["offset"] == [100, 131, 143, 151]
    assert rows["id"] == ["x", None, None, None] and rows["text"] == ["A text", None, None, "Last"]
    assert rows["reason"] == [None, "text_not_string", "invalid_json", None]


def keyed(*rows):
    names = ("key", "place", "sketch")
    return pyarrow.table({name: [row[n] for row in rows] for n, name in enumerate(names)})


def test_rows_that_share_a_key_and_are_alike_are_pairs(job):
    rows = keyed((1, 3, b"a" * 64), (1, 4, b"b" * 64), (1, 9, b"a" * 64), (2, 3, b"a" * 64))
    expected = {"earlier": [3], "later": [9]}
    assert table(job.pairs(rows)) == expected
    ones = pyarrow.Table.from_batches(rows.to_batches(max_chunksize=1))
    assert table(job.pairs(ones)) == expected


@pytest.mark.parametrize("rows", [[(2, 1), (1, 5)], [(1, 5), (1, 1)], [(1, 5), (1, 5)]])
def test_rows_that_are_not_sorted_are_an_error(job, rows):
    unsorted = keyed(*((key, place, b"a" * 64) for key, place in rows))
    with pytest.raises(doublon.Error, match="row 1 comes before the one that precedes it"):
        job.pairs(unsorted)


def test_a_large_bucket_of_like_texts_is_a_crowd_and_no_pairs(job):
    rows = keyed(*((1, place, b"a" * 64) for place in range(5000)))
    assert table(job.pairs(rows)) == {"earlier": [None] * 5000, "later": list(range(5000))}


def test_pairs_are_measured_as_compare_does(job):
    texts = [" ".join(WORDS), " ".join(WORDS[:-1]), "nothing of it"]
    rows = table(job.verify(pyarrow.array(texts), [0, 0], [1, 2]))
    assert rows["jaccard"][0] == doublon.compare(texts[0], texts[1])["jaccard"]
    assert rows["match"] == [rows["jaccard"][0] >= 0.8, False] and rows["shared"][1] == 0
    with pytest.raises(TypeError, match="row number"):
        job.verify(pyarrow.array(texts), [0], [3])


MATCHES = pyarrow.table({"earlier": [2, 1, 3], "later": [3, 2, 4], "a": [10] * 3, "b": [10] * 3, "shared": [9] * 3})


def test_who_goes_proposes_no_other(job):
    decided = table(kernels.Decider(job, MATCHES).finish())
    assert (decided["removed"], decided["keeper"]) == ([2, 4], [1, 3])


def test_a_crowd_is_decided_by_its_shingles(job):
    texts = [" ".join(WORDS), " ".join(WORDS) + " again", "quite other words that are here", " ".join(WORDS[::-1])]
    sets = pyarrow.table(
        {"place": [5, 6, 7, 8], "shingles": pyarrow.table(job.shingles(pyarrow.array(texts)))["shingles"]}
    )
    expected = [(2, 1), (4, 3), (6, 5)]
    for size in (1, 4):
        decider = kernels.Decider(job, MATCHES)
        for start in range(0, 4, size):
            decider.push(sets.slice(start, size))
        decided = table(decider.finish())
        assert list(zip(decided["removed"], decided["keeper"])) == expected
    with pytest.raises(doublon.Error, match="sort the rows"):
        kernels.Decider(job, MATCHES).push(sets.take([1, 0]))


def test_components_are_named_by_their_smallest_place():
    pairs = pyarrow.table({"earlier": [4, 7, 1], "later": [9, 9, 2]})
    assert table(kernels.components(pairs)) == {"place": [1, 2, 4, 7, 9], "component": [1, 1, 4, 4, 4]}


def test_tables_without_a_column_are_refused(job):
    with pytest.raises(TypeError, match="the table has no column sketch; it has key, place"):
        job.pairs(keyed((1, 2, b"")).drop_columns("sketch"))
    with pytest.raises(TypeError, match="which is no text"):
        job.sketch(pyarrow.array([1]))
