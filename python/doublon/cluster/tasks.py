"""What runs on executors: functions for `mapInArrow`, each a picklable object with what it needs.

An engine promises nothing about the order of rows in a partition, and Sail sorts none on request. So a task that needs an
order takes its whole partition and sorts it; partitions are made small enough for that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import pyarrow
import pyarrow.compute

from doublon.cluster import sources
from doublon.cluster.sources import Source, Split
from doublon.kernels import Kernels

Batches = Iterator[pyarrow.RecordBatch]

SPLIT = "split"
"""The reason of a row that stands for a split, with its number of lines as `row`: so no table is empty."""

CROWD = -1
"""In place of an earlier document: the later one shares boilerplate with many."""

SKETCHES = pyarrow.schema(
    [
        ("place", pyarrow.int64()),
        ("file", pyarrow.int64()),
        ("split", pyarrow.int64()),
        ("row", pyarrow.int64()),
        ("id", pyarrow.string()),
        ("reason", pyarrow.string()),
        ("fingerprint", pyarrow.binary()),
        ("sketch", pyarrow.binary()),
        ("keys", pyarrow.list_(pyarrow.int64())),
    ]
)
KEYED = pyarrow.schema([("key", pyarrow.int64()), ("place", pyarrow.int64()), ("sketch", pyarrow.binary())])
PAIRS = pyarrow.schema([("earlier", pyarrow.int64()), ("later", pyarrow.int64())])
COPIES = pyarrow.schema([("copy", pyarrow.int64()), ("first", pyarrow.int64())])
TEXTS = pyarrow.schema([("group", pyarrow.int64()), ("place", pyarrow.int64()), ("text", pyarrow.string())])
MATCHES = pyarrow.schema(
    [(name, pyarrow.int64()) for name in ("earlier", "later", "a", "b", "shared")]
    + [("jaccard", pyarrow.float64()), ("match", pyarrow.bool_())]
)
SHINGLES = pyarrow.schema([("place", pyarrow.int64()), ("shingles", pyarrow.binary())])
REMOVED = pyarrow.schema(
    [
        ("source", pyarrow.string()),
        ("record", pyarrow.int64()),
        ("id", pyarrow.string()),
        ("kept_source", pyarrow.string()),
        ("kept_record", pyarrow.int64()),
        ("kept_id", pyarrow.string()),
        ("jaccard", pyarrow.float64()),
        ("equal", pyarrow.bool_()),
    ]
)
WRITTEN = pyarrow.schema([("file", pyarrow.int64()), ("removed", pyarrow.int64())])


def ddl(schema: pyarrow.Schema) -> str:
    """Returns a schema as engines read it."""
    names = {
        pyarrow.int64(): "long",
        pyarrow.string(): "string",
        pyarrow.binary(): "binary",
        pyarrow.float64(): "double",
        pyarrow.bool_(): "boolean",
        pyarrow.list_(pyarrow.int64()): "array<long>",
    }
    return ", ".join(f"`{field.name}` {names[field.type]}" for field in schema)


def whole(batches: Batches, schema: pyarrow.Schema) -> pyarrow.Table:
    """Takes all rows of a partition."""
    parts = [batch.select(schema.names) for batch in batches]
    return pyarrow.Table.from_batches(parts).cast(schema) if parts else schema.empty_table()


def batches_of(table: pyarrow.Table, schema: pyarrow.Schema, rows: int) -> Batches:
    """Gives a table out in batches of exactly these types."""
    for batch in table.select(schema.names).cast(schema).combine_chunks().to_batches(max_chunksize=rows):
        if batch.num_rows:
            yield batch


@dataclass(frozen=True)
class Task:
    """What every task has."""

    kernels: Kernels
    batch: int


@dataclass(frozen=True)
class Sketch(Task):
    """From splits, by their numbers, to a row for each document."""

    splits: dict[int, Split]

    def __call__(self, batches: Batches) -> Batches:
        for batch in batches:
            for number in batch.column("split").to_pylist():
                yield from self._of_split(self.splits[number])

    def _of_split(self, split: Split) -> Batches:
        lines = 0
        for rows in sources.read(split, self.kernels, self.batch):
            lines = rows.lines
            sketched = pyarrow.table(self.kernels.sketch(rows.texts))
            columns = {
                "place": rows.places,
                "file": _constant(split.source.number, len(rows.places)),
                "split": _constant(split.number, len(rows.places)),
                "row": rows.rows,
                "id": rows.ids,
                # A record without a text has a reason of its own, which says more than that the text is missing.
                "reason": pyarrow.compute.coalesce(rows.reasons, sketched["reason"].combine_chunks()),
                **{name: sketched[name] for name in ("fingerprint", "sketch", "keys")},
            }
            yield from batches_of(pyarrow.table(columns), SKETCHES, self.batch)
        whole = {"place": -1 - split.number, "split": split.number, "row": lines, "reason": SPLIT}
        yield from pyarrow.Table.from_pylist([whole], SKETCHES).to_batches()


def _constant(value: int, count: int) -> pyarrow.Array:
    return pyarrow.array(numpy.full(count, value, dtype=numpy.int64))


def _groups(table: pyarrow.Table) -> tuple[pyarrow.Table, numpy.ndarray]:
    """Sorts rows by fingerprint and place; says of each row where its group starts."""
    table = table.sort_by([("fingerprint", "ascending"), ("place", "ascending")]).combine_chunks()
    starts = numpy.ones(table.num_rows, dtype=bool)
    if table.num_rows > 1:
        prints = table["fingerprint"]
        starts[1:] = pyarrow.compute.not_equal(prints.slice(1), prints.slice(0, table.num_rows - 1)).to_numpy()
    return table, _last_true(starts)


def _last_true(flags: numpy.ndarray) -> numpy.ndarray:
    """Returns for each flag the number of the last one up to it that is true."""
    return numpy.maximum.accumulate(numpy.where(flags, numpy.arange(len(flags)), 0)) if len(flags) else numpy.arange(0)


@dataclass(frozen=True)
class Keys(Task):
    """From sketches, partitioned by fingerprint, to the keys of the first of all that are equal."""

    def __call__(self, batches: Batches) -> Batches:
        schema = pyarrow.schema([SKETCHES.field(name) for name in ("place", "fingerprint", "sketch", "keys")])
        table, starts = _groups(whole(batches, schema))
        firsts = table.filter(pyarrow.array(starts == numpy.arange(len(starts)))).combine_chunks()
        if firsts.num_rows == 0:
            return
        for part in firsts.to_batches(max_chunksize=self.batch):
            keys = part.column("keys")
            rows = pyarrow.compute.list_parent_indices(keys)
            columns = [
                pyarrow.compute.list_flatten(keys),
                part.column("place").take(rows),
                part.column("sketch").take(rows),
            ]
            yield from batches_of(pyarrow.Table.from_arrays(columns, schema=KEYED), KEYED, self.batch)


@dataclass(frozen=True)
class Copies(Task):
    """From fingerprints, partitioned by them, to the documents that are equal to an earlier one."""

    def __call__(self, batches: Batches) -> Batches:
        schema = pyarrow.schema([SKETCHES.field(name) for name in ("place", "fingerprint")])
        table, starts = _groups(whole(batches, schema))
        first = table["place"].take(pyarrow.array(starts))
        copies = pyarrow.table({"copy": table["place"], "first": first})
        copies = copies.filter(pyarrow.compute.not_equal(copies["copy"], copies["first"]))
        yield from batches_of(copies, COPIES, self.batch)


@dataclass(frozen=True)
class Pairs(Task):
    """From keys, partitioned by them, to pairs that may be duplicates."""

    def __call__(self, batches: Batches) -> Batches:
        table = whole(batches, KEYED).sort_by([("key", "ascending"), ("place", "ascending")])
        found = pyarrow.table(self.kernels.pairs(table))
        found = found.set_column(0, "earlier", pyarrow.compute.fill_null(found["earlier"], CROWD))
        yield from batches_of(found, PAIRS, self.batch)


@dataclass(frozen=True)
class Fetch(Task):
    """From places, partitioned by their splits, to their texts, once for each group that needs them."""

    splits: dict[int, Split]

    def __call__(self, batches: Batches) -> Batches:
        for split, wanted in _by_split(batches):
            places = numpy.unique(wanted["place"].to_numpy())
            for found, texts in sources.fetch(self.splits[split], self.kernels, places.tolist()):
                yield from self._asked(wanted, numpy.array(found), texts)

    def _asked(self, wanted: pyarrow.Table, found: numpy.ndarray, texts: pyarrow.Array) -> Batches:
        """Gives the texts found to those that asked for them, some at a time: together they may be too large for an array."""
        places = wanted["place"].to_numpy()
        is_found = (places >= found[0]) & (places <= found[-1])
        places, groups = places[is_found], wanted["group"].to_numpy()[is_found]
        at = numpy.searchsorted(found, places)
        for start in range(0, len(at), self.batch):
            part = slice(start, start + self.batch)
            taken = texts.take(pyarrow.array(at[part])).cast(pyarrow.string())
            yield from batches_of(
                pyarrow.table({"group": groups[part], "place": places[part], "text": taken}), TEXTS, self.batch
            )


@dataclass(frozen=True)
class Shingle(Task):
    """From places, partitioned by their splits, to their shingles."""

    splits: dict[int, Split]

    def __call__(self, batches: Batches) -> Batches:
        for split, wanted in _by_split(batches):
            places = numpy.unique(wanted["place"].to_numpy())
            for found, texts in sources.fetch(self.splits[split], self.kernels, places.tolist()):
                sets = pyarrow.table(self.kernels.shingles(texts))["shingles"]
                yield from batches_of(pyarrow.table({"place": found, "shingles": sets}), SHINGLES, self.batch)


def _by_split(batches: Batches) -> Iterator[tuple[int, pyarrow.Table]]:
    schema = pyarrow.schema([(name, pyarrow.int64()) for name in ("group", "place", "split")])
    table = whole(batches, schema)
    for split in numpy.unique(table["split"].to_numpy()).tolist():
        yield split, table.filter(pyarrow.compute.equal(table["split"], split))


@dataclass(frozen=True)
class Verify(Task):
    """From texts, partitioned by group, to the measures of each with the first of its group."""

    def __call__(self, batches: Batches) -> Batches:
        table = whole(batches, TEXTS).sort_by([("group", "ascending"), ("place", "ascending")])
        if table.num_rows == 0:
            return
        groups, places = table["group"].to_numpy(), table["place"].to_numpy()
        is_first = groups == places
        later = numpy.flatnonzero(~is_first)
        earlier = _last_true(is_first)[later]
        measured = pyarrow.table(self.kernels.verify(table["text"], earlier.tolist(), later.tolist()))
        columns = {"earlier": groups[later], "later": places[later]}
        for name in measured.column_names:
            columns[name] = measured[name]
        yield from batches_of(pyarrow.table(columns), MATCHES, self.batch)


@dataclass(frozen=True)
class Name(Task):
    """From removals with the splits and rows of both sides to what they are called."""

    names: dict[int, str]
    first_rows: dict[int, int]

    def __call__(self, batches: Batches) -> Batches:
        for batch in batches:
            rows = batch.to_pydict()
            of = {name: self._side(rows, name) for name in ("removed_", "kept_")}
            columns = {
                f"{side}{name}".removeprefix("removed_"): cells
                for side, named in of.items()
                for name, cells in named.items()
            }
            columns |= {"jaccard": rows["jaccard"], "equal": rows["equal"]}
            yield from batches_of(pyarrow.table(columns, schema=REMOVED), REMOVED, self.batch)

    def _side(self, rows: dict[str, list], side: str) -> dict[str, list]:
        places = zip(rows[f"{side}split"], rows[f"{side}row"])
        return {
            "source": [self.names[file] for file in rows[f"{side}file"]],
            "record": [self.first_rows[split] + row for split, row in places],
            "id": rows[f"{side}id"],
        }


@dataclass(frozen=True)
class Write(Task):
    """From places to remove, partitioned by file, to clean files. Each file has a row with the place -1."""

    sources: dict[int, Source]
    out: str

    def __call__(self, batches: Batches) -> Batches:
        schema = pyarrow.schema([("file", pyarrow.int64()), ("place", pyarrow.int64())])
        table = whole(batches, schema)
        for file in numpy.unique(table["file"].to_numpy()).tolist():
            places = table.filter(pyarrow.compute.equal(table["file"], file))["place"].to_numpy()
            removed = numpy.unique(places[places >= 0]).tolist()
            source = self.sources[file]
            sources.write_clean(source, f"{self.out}/{source.target}", removed)
            yield from pyarrow.Table.from_pylist([{"file": file, "removed": len(removed)}], WRITTEN).to_batches()
