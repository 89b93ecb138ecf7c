"""Files are cut and copied without an engine."""

import random

import numpy
import pyarrow
import pyarrow.parquet
import pytest

import doublon
from doublon.cluster import sources
from doublon.cluster.job import first_round
from doublon.kernels import draw


def files_of(rng: random.Random, count: int):
    for _ in range(count):
        lines = [bytes(rng.choices(b"abc", k=rng.randint(0, 12))) + b"\n" for _ in range(rng.randint(0, 20))]
        yield b"".join(lines) + rng.choice([b"", b"xyz"])


def test_splits_of_any_size_give_each_line_once(tmp_path, monkeypatch):
    path, rng = tmp_path / "lines.jsonl", random.Random(3)
    for data in files_of(rng, 60):
        path.write_bytes(data)
        monkeypatch.setattr(sources, "PIECE_BYTES", rng.choice([1, 3, 10, 1000]))
        files, _ = sources.find([path])
        for size in (1, 2, 7, 30, 1000):
            read = b""
            for split in sources.splits(files, "text", size):
                for lines, offset in sources.pieces(split):
                    assert offset == len(read) and split.start <= offset < split.end, (data, size)
                    read += lines
            assert read == data, size


def test_a_clean_file_lacks_the_lines_that_go_and_nothing_else(tmp_path, monkeypatch):
    path, rng = tmp_path / "lines.jsonl", random.Random(4)
    for data in files_of(rng, 60):
        path.write_bytes(data)
        monkeypatch.setattr(sources, "PIECE_BYTES", rng.choice([1, 3, 10, 1000]))
        lines = data.splitlines(keepends=True)
        starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
        gone = set(rng.sample(range(len(lines)), len(lines) // 2))
        sources.write_clean(sources.find([path])[0][0], str(tmp_path / "out"), [starts[n] for n in sorted(gone)])
        expected = b"".join(line for n, line in enumerate(lines) if n not in gone)
        assert (tmp_path / "out").read_bytes() == expected


def test_texts_are_fetched_by_their_places(tmp_path):
    job = draw()
    path, table = tmp_path / "a.jsonl", tmp_path / "b.parquet"
    path.write_bytes(b'{"text": "one"}\n\n{"text": 5}\n{"text": "two"}\n{"text": "three"}')
    pyarrow.parquet.write_table(pyarrow.table({"text": ["four", "five", "six"]}), table, row_group_size=2)
    files, _ = sources.find([tmp_path])
    for size in (1, 20, 1000):
        texts = {}
        for split in sources.splits(files, "text", size):
            rows = [rows for rows in sources.read(split, job, 1)]
            places = [
                place for part in rows for place, text in zip(part.places.to_pylist(), part.texts.to_pylist()) if text
            ]
            if places:
                for found, fetched in sources.fetch(split, job, places):
                    texts |= zip(found, fetched.to_pylist())
        assert [texts[place] for place in sorted(texts)] == ["one", "two", "three", "four", "five", "six"], size


def test_files_come_in_the_order_of_their_names(tmp_path):
    for name in ("a/x.jsonl", "a.jsonl", "b.parquet", "c.txt", ".hidden.jsonl", "_temporary/y.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found, others = sources.find([tmp_path])
    assert [source.target for source in found] == ["a.jsonl", "a/x.jsonl", "b.parquet"]
    assert others == [f"{tmp_path}/c.txt"]
    with pytest.raises(doublon.InputError, match="the same name in the output"):
        sources.find([tmp_path / "a" / "x.jsonl", f"{tmp_path}/a/../a/x.jsonl"])


def test_first_are_measured_those_whose_partner_is_sure_to_stay():
    # 1 stays, so 2 and 3 are measured against it, and 3 not against 2; 6 is in a crowd, of which nothing is known.
    earlier, later = numpy.array([1, 2, 1, 5]), numpy.array([2, 3, 3, 6])
    assert first_round(earlier, later, numpy.array([6])).tolist() == [True, False, True, False]
    assert first_round(earlier, later, numpy.array([], dtype=numpy.int64)).tolist() == [True, False, True, True]
    # 2 meets 1 before it, so it may go itself.
    assert first_round(numpy.array([1, 2]), numpy.array([2, 3]), numpy.array([])).tolist() == [True, False]
