"""On an engine the job keeps and removes what one machine does, whatever the partitions and batches."""

import gzip
import json
import pathlib
import subprocess
import sys

import pyarrow.parquet
import pytest
from conftest import ENGINE
from corpus import documents, lines, write

import doublon
from doublon.cluster import Job
from doublon.cluster.__main__ import main

SHAPES = [(1, 4096, 1 << 26), (3, 1, 20_000), (8, 4096, 5_000)]
SETTINGS = [{"threshold": 0.6}, {"exact": True}, {"shingle": "char:13", "seed": 7}]

# What depends on the engine is the plan; to start its steps takes seconds on Spark, so it goes through fewer cases.
if ENGINE == "spark":
    SHAPES, SETTINGS = SHAPES[1:], []


def one_machine(source: pathlib.Path, out: pathlib.Path, **settings) -> tuple[dict, list]:
    """The counts of `doublon clean`, and what went for what."""
    counts = doublon.clean(source, out=out, **settings)
    found = doublon.scan(source, level="documents", **settings)
    removed = []
    for cluster in (line for line in found if line["type"] == "document_cluster"):
        for member in cluster["members"]:
            kept, gone = cluster["keep"], member["doc"]
            row = [gone["source"], gone["record"], gone.get("id"), kept["source"], kept["record"], kept.get("id")]
            removed.append([None if cell is None else str(cell) for cell in row] + [member["jaccard"]])
    return counts, sorted(removed, key=str)


def removed_by(out: pathlib.Path) -> list:
    rows = pyarrow.parquet.read_table(out / "_doublon" / "removed").to_pylist()
    names = ("source", "record", "id", "kept_source", "kept_record", "kept_id")
    return sorted(
        ([None if row[name] is None else str(row[name]) for name in names] + [row["jaccard"]] for row in rows), key=str
    )


def contents(folder: pathlib.Path) -> dict:
    """The files of a copy: lines by their bytes, tables by their rows."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name.startswith("_doublon"):
            continue
        if path.suffix == ".parquet":
            table = pyarrow.parquet.read_table(path)
            found[name] = (table.schema.remove_metadata(), table.to_pylist())
        elif path.suffix == ".gz":
            found[name] = gzip.decompress(path.read_bytes())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A folder of files, and what one machine makes of it."""
    folder = tmp_path_factory.mktemp("mixed")
    write(folder / "in", documents(1200, seed=5))
    counts, removed = one_machine(folder / "in", folder / "one")
    assert counts["removed"] > 400 and len(removed) == counts["removed"]
    return folder, counts, removed


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_same_stays_as_on_one_machine(spark, mixed, tmp_path, shape):
    folder, counts, removed = mixed
    partitions, batch, split_bytes = shape
    out = tmp_path / "out"
    outcome = Job(spark, out, partitions=partitions, batch=batch, split_bytes=split_bytes).run([folder / "in"])
    assert outcome.documents == outcome.kept + outcome.removed + sum(outcome.skipped.values())
    assert (outcome.kept, outcome.removed) == (counts["kept"], counts["removed"])
    assert outcome.skipped == counts["found"]["skipped"]
    assert outcome.crowded > 50 and outcome.pairs > 200, "the data has no crowd or no pairs"
    assert removed_by(out) == removed
    assert contents(out) == contents(folder / "one")
    assert json.loads((out / "_doublon" / "summary.json").read_text())["removed"] == outcome.removed


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_settings_are_those_of_one_machine(spark, tmp_path, settings):
    (tmp_path / "in.jsonl").write_bytes(lines(documents(250, seed=8)))
    counts, removed = one_machine(tmp_path / "in.jsonl", tmp_path / "one", **settings)
    outcome = Job(spark, tmp_path / "out", partitions=2, **settings).run([tmp_path / "in.jsonl"])
    assert outcome.removed == counts["removed"] > 20
    assert removed_by(tmp_path / "out") == removed
    assert contents(tmp_path / "out") == contents(tmp_path / "one")


@pytest.mark.skipif(ENGINE == "spark", reason="steps are taken up by the driver, whatever the engine")
def test_a_job_that_failed_goes_on(spark, mixed, tmp_path, monkeypatch):
    folder, counts, removed = mixed
    out, steps = tmp_path / "out", []
    job = lambda **given: Job(spark, out, partitions=2, told=steps.append, **given)  # noqa: E731

    def fail(*_):
        raise RuntimeError("no space left")

    def sketched() -> bool:
        """Whether the sketches were made anew."""
        return (tmp_path / "out.part").exists() and (tmp_path / "out.part/steps/sketches.done").stat().st_mtime_ns

    with monkeypatch.context() as broken:
        broken.setattr(Job, "_write", fail)
        with pytest.raises(RuntimeError):
            job().run([folder / "in"])
        assert not (tmp_path / "out.part").exists(), "without resume nothing is left"
        with pytest.raises(RuntimeError):
            job(resume=True).run([folder / "in"])
        made = sketched()
        with pytest.raises(RuntimeError):
            job(resume=True).run([folder / "in"])
        assert sketched() == made, "the same job takes up its steps"
        with pytest.raises(RuntimeError):
            job(resume=True, threshold=0.7).run([folder / "in"])
        assert sketched() != made, "other settings begin anew"
        made = sketched()
        with pytest.raises(RuntimeError):
            job(resume=True).run([folder / "in"])
        assert sketched() != made
        made = sketched()
    monkeypatch.setattr(Job, "_sketch", lambda self, steps: self._spark.read.parquet(steps.written("sketches", fail)))
    assert job(resume=True).run([folder / "in"]).removed == counts["removed"]
    assert removed_by(out) == removed and contents(out) == contents(folder / "one")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(ENGINE == "spark", reason="it is found by the driver, whatever the engine")
def test_a_file_that_changes_meanwhile_is_no_copy(spark, tmp_path, monkeypatch):
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(documents(50, seed=1)))
    write = Job._write

    def change(*given):
        path.write_bytes(path.read_bytes() + b"\n")
        return write(*given)

    monkeypatch.setattr(Job, "_write", change)
    with pytest.raises(doublon.ChangedError):
        Job(spark, tmp_path / "out").run([path])
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.skipif(
    ENGINE == "spark", reason="it is about files, whatever the engine, and each start of Spark takes seconds"
)
def test_the_command_tells_counts_and_codes(engine, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "A text of its own."}\n{"text": "Another one."}\n')
    command = [sys.executable, "-m", "doublon.cluster", tmp_path / "in.jsonl", "--out", tmp_path / "out", *engine]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {name: json.loads(done.stdout)[name] for name in ("documents", "kept", "removed")} == {
        "documents": 2,
        "kept": 2,
        "removed": 0,
    }
    assert (tmp_path / "out" / "in.jsonl").read_bytes() == (tmp_path / "in.jsonl").read_bytes()
    assert pyarrow.parquet.read_table(tmp_path / "out" / "_doublon" / "removed").num_rows == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out"], "nothing else is left"
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 2 and "out exists already" in again.stderr


def test_what_cannot_be_done_is_refused(engine, tmp_path, capsys):
    (tmp_path / "in.jsonl").write_text("{}\n")
    (tmp_path / "in.txt").write_text("text\n")

    def refusal(*flags) -> str:
        assert main([*map(str, flags), "--out", str(tmp_path / "out"), "--quiet", *engine]) == 2
        assert not (tmp_path / "out").exists() and not (tmp_path / "out.part").exists()
        return capsys.readouterr().err

    source = tmp_path / "in.jsonl"
    assert "containment is not supported by kernels" in refusal(source, "--containment", "0.9")
    assert "passages are compared on one machine only" in refusal(source, "--level", "both")
    assert "did you mean threshold" in refusal(source, "--treshold=0.9")
    assert "is neither JSONL nor Parquet" in refusal(tmp_path / "in.txt")
    assert "is inside of" in refusal(tmp_path)
    assert "does not exist" in refusal(tmp_path / "none.jsonl")
    table = tmp_path / "table.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"body": ["x"]}), table)
    assert "has no column text; it has body" in refusal(table)
