"""The plan of the job: which tables are made of which, and what the driver decides.

1. Splits become a row for each document: fingerprint, sketch, keys. They are written, as all later steps read them.
2. Equal documents collapse to the first; the keys of those that are left meet, and the pairs come to the driver.
3. Texts of pairs are fetched and measured in two rounds: first each document against the first one that it meets, where that is
   sure to stay; then the pairs of documents that are open still. Texts that share boilerplate with many are no pairs: the
   driver takes their shingles in order, and holds those of the ones that stay.
4. The driver decides in keep order, by the rule of one machine.
5. Files are written without what goes, and a table says what went for what.

The driver holds 16 bytes a pair, and decides on one thread.
"""

import hashlib
import json
import os
import pathlib
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.parquet

from doublon import __version__
from doublon._errors import ChangedError, InputError, SettingError
from doublon.cluster import sources, tasks
from doublon.cluster.sources import Source, Split
from doublon.cluster.steps import Steps
from doublon.kernels import Decider, Kernels, draw

TEXTS_A_TASK = 20_000
"""Texts that one task fetches or measures, at most; it holds them."""


EVIDENCE = "_doublon"
"""The folder of the output for what was removed, as on one machine: it is no part of the archive."""


@dataclass(frozen=True)
class Outcome:
    """What a job did. `documents` = `kept` + `removed` + all that was `skipped`."""

    documents: int
    kept: int
    removed: int
    skipped: dict[str, int]
    other_files: int
    pairs: int
    crowded: int
    seconds: dict[str, float] = field(compare=False)


class Job:
    """Removes duplicate documents from files, with the engine of a Spark session.

    `out` is a folder that is not there yet and that the driver and all executors reach by this path, as they do the inputs.
    `partitions` is how many tasks share a step. With `resume`, a job that fails leaves its steps at `out` + `.part`, and takes up
    those that are there of the same inputs and settings. `settings` are those of `doublon clean`, as far as they are about documents.
    """

    def __init__(
        self,
        spark: Any,
        out: str | os.PathLike[str],
        *,
        partitions: int = 8,
        batch: int = 4096,
        split_bytes: int = sources.SPLIT_BYTES,
        resume: bool = False,
        told: Callable[[str], object] = lambda step: None,
        **settings: Any,
    ) -> None:
        if partitions < 1 or batch < 1 or split_bytes < 1:
            raise SettingError("partitions, batch and split_bytes must be at least 1")
        if settings.get("level", "documents") != "documents":
            raise SettingError("level must be documents: passages are compared on one machine only")
        if not isinstance(settings.get("text_field", ""), str):
            raise SettingError("text_field must be one field: texts of several are compared on one machine only")
        self._spark = spark
        if "://" in os.fspath(out):
            raise SettingError("the output must be a folder that all machines reach, such as a mounted one")
        self._out = os.path.abspath(out)
        self._partitions, self._batch, self._split_bytes = partitions, batch, split_bytes
        self._told, self._seconds = told, {}
        self._settings = {**settings, "level": "documents"}
        self._kernels = draw(**self._settings)  # until a job has its secret seed
        self._resume = resume
        self._exact = bool(settings.get("exact"))
        self._splits: dict[int, Split] = {}
        self._firsts = numpy.zeros(0, dtype=numpy.int64)

    def run(self, paths: Iterable[str | os.PathLike[str]]) -> Outcome:
        """Reads `paths` and writes what stays to the output; returns the counts. The output is there only when it is whole."""
        if os.path.exists(self._out):
            raise SettingError(f"{self._out} exists already; name a folder that does not")
        paths = [os.fspath(path) for path in paths]
        for path in paths:
            if "://" not in path and os.path.commonpath([os.path.abspath(path), self._out]) == os.path.abspath(path):
                raise SettingError(f"{self._out} is inside of {path}; name a folder beside it")
        files, others = sources.find(paths)
        if not files:
            raise InputError("there is no JSONL and no Parquet file")
        stamps = sources.stamps(files)
        self._cut(files)
        work = f"{self._out}.part"
        if not self._resume:
            shutil.rmtree(work, ignore_errors=True)
        try:
            steps = Steps(f"{work}/steps", self._identity(files, stamps), self._resume)
            self._kernels = Kernels(steps.secret, **self._settings)
            outcome = self._run(files, len(others), work, steps)
            if sources.stamps(files) != stamps:
                raise ChangedError("a file was changed while it was read; nothing was written")
            self._publish(outcome, work)
            return outcome
        except BaseException:
            if not self._resume:
                shutil.rmtree(work, ignore_errors=True)
            raise

    def _cut(self, files: list[Source]) -> None:
        parts = sources.splits(files, sources.text_field(self._kernels), self._split_bytes)
        if not parts:
            raise InputError("the files have no row")
        self._splits = {split.number: split for split in parts}
        self._firsts = numpy.array([split.source.number << sources.FILE_SHIFT | split.start for split in parts])

    def _identity(self, files: list[Source], stamps: list[tuple[int, int]]) -> str:
        """Returns a hash of all that the results of steps depend on."""
        read = [(source.name, source.path, *stamp) for source, stamp in zip(files, stamps)]
        told = json.dumps([__version__, self._kernels.parameters, self._split_bytes, read])
        return hashlib.sha256(told.encode()).hexdigest()

    def _publish(self, outcome: Outcome, work: str) -> None:
        told = json.dumps({"schema": "doublon.cluster/1", **asdict(outcome)}, indent=2)
        pathlib.Path(work, EVIDENCE, "summary.json").write_text(told + "\n")
        shutil.rmtree(f"{work}/steps")
        for left in pathlib.Path(work).rglob("*.part"):  # of tasks that failed and were tried again
            left.unlink()
        os.rename(work, self._out)

    def _run(self, files: list[Source], others: int, work: str, steps: Steps) -> Outcome:
        sketches = self._timed("sketch", lambda: self._sketch(steps))
        counts, first_rows = self._timed("count", lambda: self._count(sketches))
        pairs = self._timed("pairs", lambda: steps.table("pairs", lambda: self._pairs(sketches)))
        decided = self._decide(pairs, steps)
        removals = self._removals(sketches, decided, steps)
        names = {source.number: source.name for source in files}
        removed = self._timed("write", lambda: self._write(files, removals, work, steps))
        named = self._named(sketches, removals, names, first_rows)
        self._timed("name", lambda: self._write_removed(named, removed, f"{work}/{EVIDENCE}/removed"))
        skipped = {reason: count for reason, count in counts.items() if reason}
        documents = sum(counts.values())
        return Outcome(
            documents=documents,
            kept=documents - removed - sum(skipped.values()),
            removed=removed,
            skipped=skipped,
            other_files=others,
            pairs=pairs.num_rows,
            crowded=int(pyarrow.compute.sum(pyarrow.compute.equal(pairs["earlier"], tasks.CROWD)).as_py() or 0),
            seconds=self._seconds,
        )

    def _timed(self, name: str, step: Callable[[], Any]) -> Any:
        self._told(name)
        start = time.monotonic()
        result = step()
        self._seconds[name] = round(self._seconds.get(name, 0.0) + time.monotonic() - start, 2)
        return result

    def _table(self, table: pyarrow.Table, path: str) -> Any:
        """Hands a table of the driver to the engine, which may be of any size."""
        pyarrow.parquet.write_table(table, path)
        return self._spark.read.parquet(path)

    def _map(self, frame: Any, task: tasks.Task, schema: pyarrow.Schema) -> Any:
        return frame.mapInArrow(task.__call__, tasks.ddl(schema))

    def _sketch(self, steps: Steps) -> Any:
        def write(path: str) -> None:
            splits = pyarrow.table({"split": pyarrow.array(list(self._splits), pyarrow.int64())})
            frame = self._table(splits, steps.path("splits")).repartition(min(self._partitions, len(self._splits)))
            task = tasks.Sketch(self._kernels, self._batch, self._splits)
            self._map(frame, task, tasks.SKETCHES).write.parquet(path)

        return self._spark.read.parquet(steps.written("sketches", write))

    def _count(self, sketches: Any) -> tuple[dict[str | None, int], dict[int, int]]:
        """Counts records by the reason for which they are left out, and says which record each split begins with."""
        reasons = sketches.filter("place >= 0").groupBy("reason").count().toArrow().to_pydict()
        lines = sketches.filter("place < 0").select("split", "row").toArrow().to_pydict()
        of_split = dict(zip(lines["split"], lines["row"]))
        first_rows: dict[int, int] = {}
        file, row = -1, 0
        for number, split in sorted(self._splits.items()):
            if split.source.number != file:
                file, row = split.source.number, 0
            first_rows[number] = row
            row += of_split[number]
        return dict(zip(reasons["reason"], reasons["count"])), first_rows

    def _pairs(self, sketches: Any) -> pyarrow.Table:
        if self._exact:
            return tasks.PAIRS.empty_table()
        documents = sketches.filter("fingerprint is not null").select("place", "fingerprint", "sketch", "keys")
        keys = self._map(
            documents.repartition(self._partitions, "fingerprint"), tasks.Keys(self._kernels, self._batch), tasks.KEYED
        )
        pairs = self._map(
            keys.repartition(self._partitions, "key"), tasks.Pairs(self._kernels, self._batch), tasks.PAIRS
        )
        return pairs.distinct().toArrow().cast(tasks.PAIRS).combine_chunks()

    def _decide(self, pairs: pyarrow.Table, steps: Steps) -> pyarrow.Table:
        """Returns which documents go for which, of those that are no copies."""
        earlier, later = (pairs[name].to_numpy() for name in ("earlier", "later"))
        crowd = numpy.sort(later[earlier == tasks.CROWD])
        is_pair = earlier != tasks.CROWD
        earlier, later = earlier[is_pair], later[is_pair]
        first = first_round(earlier, later, crowd)
        matches = [self._timed("verify", lambda: self._verify(earlier[first], later[first], "first", steps))]
        gone = matches[0]["later"].to_numpy()
        is_open = ~first & ~numpy.isin(earlier, gone) & ~numpy.isin(later, gone)
        matches.append(
            self._timed("verify again", lambda: self._verify(earlier[is_open], later[is_open], "second", steps))
        )
        decider = Decider(self._kernels, pyarrow.concat_tables(matches))
        if len(crowd):
            self._timed("crowd", lambda: self._push_crowd(crowd, decider, steps.path("crowd")))
        return self._timed("decide", lambda: pyarrow.table(decider.finish()))

    def _wanted(self, groups: numpy.ndarray, places: numpy.ndarray, path: str) -> Any:
        splits = numpy.searchsorted(self._firsts, places, side="right") - 1
        wanted = pyarrow.table({"group": groups, "place": places, "split": splits.astype(numpy.int64)})
        return self._table(wanted, path).repartition(self._share(len(places)), "split")

    def _share(self, texts: int) -> int:
        return max(self._partitions, -(-texts // TEXTS_A_TASK))

    def _verify(self, earlier: numpy.ndarray, later: numpy.ndarray, name: str, steps: Steps) -> pyarrow.Table:
        """Returns those pairs that match."""
        wanted = steps.path(f"texts of {name}")
        return steps.table(f"matches of {name}", lambda: self._measure(earlier, later, wanted))

    def _measure(self, earlier: numpy.ndarray, later: numpy.ndarray, path: str) -> pyarrow.Table:
        if not len(later):
            return tasks.MATCHES.empty_table()
        groups = numpy.unique(earlier)
        wanted = self._wanted(numpy.concatenate([groups, earlier]), numpy.concatenate([groups, later]), path)
        texts = self._map(wanted, tasks.Fetch(self._kernels, self._batch, self._splits), tasks.TEXTS)
        texts = texts.repartition(self._share(len(later)), "group")
        measured = self._map(texts, tasks.Verify(self._kernels, self._batch), tasks.MATCHES)
        return measured.filter("`match`").toArrow().cast(tasks.MATCHES).combine_chunks()

    def _push_crowd(self, crowd: numpy.ndarray, decider: Decider, path: str) -> None:
        wanted = self._wanted(crowd, crowd, path)
        sets = self._map(wanted, tasks.Shingle(self._kernels, self._batch, self._splits), tasks.SHINGLES)
        decider.push(sets.toArrow().cast(tasks.SHINGLES).sort_by("place"))

    def _removals(self, sketches: Any, decided: pyarrow.Table, steps: Steps) -> Any:
        """Returns all documents that go: those decided, and the copies of what goes and of what stays."""
        decided = self._table(decided.select(["removed", "keeper", "jaccard"]), steps.path("decided"))
        prints = sketches.filter("fingerprint is not null").select("place", "fingerprint")
        copies = prints.repartition(self._partitions, "fingerprint")
        copies = self._map(copies, tasks.Copies(self._kernels, self._batch), tasks.COPIES)
        copies = copies.join(
            decided.withColumnRenamed("removed", "first_removed"), _expr("first = first_removed"), "left"
        )
        copies = copies.selectExpr(
            "copy as removed",
            "coalesce(keeper, first) as keeper",
            "coalesce(jaccard, 1.0D) as jaccard",
            "keeper is null as equal",
        )
        return copies.unionByName(decided.selectExpr("removed", "keeper", "jaccard", "false as equal"))

    def _write(self, files: list[Source], removals: Any, work: str, steps: Steps) -> int:
        """Writes the clean files, and returns how many documents are left out."""
        schema = pyarrow.schema([("file", pyarrow.int64()), ("place", pyarrow.int64())])
        every = pyarrow.table({"file": [source.number for source in files], "place": [-1] * len(files)}, schema=schema)
        gone = removals.selectExpr(f"shiftright(removed, {sources.FILE_SHIFT}) as file", "removed as place")
        frame = self._table(every, steps.path("files")).unionByName(gone)
        task = tasks.Write(self._kernels, self._batch, {source.number: source for source in files}, work)
        written = self._map(frame.repartition(min(self._partitions, len(files)), "file"), task, tasks.WRITTEN)
        return sum(written.toArrow()["removed"].to_pylist())

    def _named(self, sketches: Any, removals: Any, names: dict[int, str], first_rows: dict[int, int]) -> Any:
        """Returns the removals by the names of files, records and ids."""
        documents = sketches.filter("place >= 0")
        sides = {
            side: documents.selectExpr(
                f"place as {side}place", *(f"{name} as {side}{name}" for name in ("file", "split", "row", "id"))
            )
            for side in ("removed_", "kept_")
        }
        named = removals.join(sides["removed_"], _expr("removed = removed_place"))
        named = named.join(sides["kept_"], _expr("keeper = kept_place"))
        return self._map(named, tasks.Name(self._kernels, self._batch, names, first_rows), tasks.REMOVED)

    def _write_removed(self, named: Any, count: int, path: str) -> None:
        if count:
            named.orderBy("source", "record").write.mode("overwrite").parquet(path)
        else:
            # Engines may write no file for a table without rows.
            os.makedirs(path, exist_ok=True)
            pyarrow.parquet.write_table(tasks.REMOVED.empty_table(), f"{path}/part-0.parquet")


def _expr(condition: str) -> Any:
    from pyspark.sql import functions

    return functions.expr(condition)


def first_round(earlier: numpy.ndarray, later: numpy.ndarray, crowd: numpy.ndarray) -> numpy.ndarray:
    """Returns of each pair whether it is measured first: it is the first one of its later document, and the earlier document
    meets none before it, so that it stays. Nothing is known of those in a crowd."""
    order = numpy.lexsort((earlier, later))
    is_first = numpy.zeros(len(later), dtype=bool)
    if len(order):
        sorted_later = later[order]
        is_first[order] = numpy.concatenate([[True], sorted_later[1:] != sorted_later[:-1]])
    in_crowd = numpy.isin(earlier, crowd) | numpy.isin(later, crowd)
    return is_first & ~in_crowd & ~numpy.isin(earlier, later)
