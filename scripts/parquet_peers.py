#!/usr/bin/env python3
"""Holds the clean copy of Parquet files to what pyarrow, DuckDB and Polars read.

    parquet_peers.py REWRITE [FOLDER]

REWRITE is the example `rewrite_parquet`. Files with columns of many types are written to FOLDER (or to a temporary one)
with every codec and a choice of encodings, then copied: without some rows, with some texts changed, and without any
row. The copy must have the values, schema, metadata, codecs, dictionaries, statistics and indexes of the input. Needs
pyarrow, duckdb, polars and pytz.
"""

import datetime
import decimal
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS = 5000


def some(row, value):
    return None if row % 7 == 3 else value


def column(make, kind=None):
    return pa.array([make(i) for i in range(ROWS)], kind)


def columns():
    day, cent = datetime.timedelta(1), decimal.Decimal("0.01")
    return {
        "text": column(lambda i: some(i, f"texte é {i % 50} " * (i % 20))),
        "large": column(lambda i: f"l{i}", pa.large_string()),
        "view": column(lambda i: some(i, f"view {i}" * 3), pa.string_view()),
        "binary": column(lambda i: bytes([i % 256]) * (i % 9), pa.binary()),
        "fixed": column(lambda i: some(i, bytes([i % 256]) * 5), pa.binary(5)),
        "dictionary": column(lambda i: some(i, f"cat{i % 5}")).dictionary_encode(),
        "i8": column(lambda i: some(i, i % 100 - 50), pa.int8()),
        "u8": column(lambda i: i % 256, pa.uint8()),
        "u32": column(lambda i: some(i, 2**32 - 1 - i), pa.uint32()),
        "i64": column(lambda i: some(i, i - 2**62), pa.int64()),
        "u64": column(lambda i: 2**64 - 1 - i, pa.uint64()),
        "f16": column(lambda i: float(i % 100) / 3, pa.float16()),
        "f32": column(lambda i: some(i, i / 3), pa.float32()),
        "f64": column(lambda i: float("nan") if i % 11 == 0 else i / 7, pa.float64()),
        "truth": column(lambda i: some(i, i % 3 == 0)),
        "date": column(lambda i: datetime.date(2000, 1, 1) + i * day),
        "time": column(lambda i: some(i, datetime.time(i % 24, i % 60)), pa.time64("us")),
        "stamp_ms": column(lambda i: some(i, i * 1000), pa.timestamp("ms")),
        "stamp_zone": column(lambda i: i * 10**9, pa.timestamp("ns", "Europe/Paris")),
        "duration": column(lambda i: i, pa.duration("us")),
        "decimal": column(lambda i: some(i, i * cent), pa.decimal128(20, 2)),
        "decimal256": column(lambda i: decimal.Decimal(i) * 10**40, pa.decimal256(60, 3)),
        "nothing": pa.nulls(ROWS),
        "list": column(lambda i: some(i, [None if j % 3 == 1 else j for j in range(i % 4)]), pa.list_(pa.int32())),
        "lists": column(lambda i: [[str(j)] * (j % 3) for j in range(i % 4)], pa.large_list(pa.list_(pa.string()))),
        "pair": column(lambda i: [i, i + 1], pa.list_(pa.int64(), 2)),
        "struct": column(lambda i: some(i, {"a": i, "b": some(i + 1, {"c": f"x{i}"})})),
        "map": column(
            lambda i: some(i, [(f"k{j}", None if j % 2 else j) for j in range(i % 3)]), pa.map_(pa.string(), pa.int32())
        ),
        "structs": column(lambda i: [{"p": j, "q": ["u"] * j} for j in range(i % 3)]),
    }


def table():
    made = columns()
    metadata = {"huggingface": json.dumps({"info": {"features": {}}}), "pandas": '{"x":1}', "odd \n": "\x01é"}
    fields = [
        pa.field(name, values.type, nullable=name != "u64", metadata={"PARQUET:field_id": str(100 + i), "note": name})
        for i, (name, values) in enumerate(made.items())
    ]
    return pa.table(list(made.values()), schema=pa.schema(fields, metadata=metadata))


DELTA = {
    "i64": "DELTA_BINARY_PACKED",
    "view": "DELTA_LENGTH_BYTE_ARRAY",
    "large": "DELTA_BYTE_ARRAY",
    "f64": "BYTE_STREAM_SPLIT",
    "text": "DELTA_BYTE_ARRAY",
}

VARIANTS = {
    "snappy": {"compression": "snappy", "row_group_size": 1234},
    "zstd_pages_2": {
        "compression": "zstd", "data_page_version": "2.0", "row_group_size": 2000, "write_page_index": True,
    },
    "gzip_plain": {"compression": "gzip", "use_dictionary": False, "row_group_size": 800},
    "brotli": {"compression": "brotli"},
    "lz4": {"compression": "lz4"},
    "checksums": {"compression": "none", "write_page_checksum": True, "data_page_size": 2000},
    "int96": {"use_deprecated_int96_timestamps": True},
    "delta": {"use_dictionary": False, "column_encoding": DELTA},
    "version_1": {"version": "1.0"},
    "no_statistics": {"write_statistics": False},
    "bloom": {"bloom_filter_options": {"large": {"ndv": ROWS, "fpp": 0.01}}},
    "sorted": {"sorting_columns": [pq.SortingColumn(15)]},
    "no_arrow_schema": {"store_schema": False},
}

# Rows left out and rows edited, by what their numbers are a multiple of.
EDITS = [(3, 0), (0, 2), (5, 2), (1, 0)]


def expected(rows, drop, edit):
    """The table that is to be left of `rows`."""
    keep = [i for i in range(ROWS) if not (drop and i % drop == 0)]
    left = []
    for field in rows.schema:
        values = rows[field.name].to_pylist()
        values = [values[i] for i in keep]
        if field.name == "text" and edit:
            values = [f"{i}:{v.upper()}" if v is not None and i % edit == 0 else v for i, v in zip(keep, values)]
        left.append(pa.array(values, field.type))
    return pa.table(left, schema=rows.schema)


def difference(want, got):
    """The first column that differs, or None."""
    if not want.schema.equals(got.schema, check_metadata=True):
        return f"the schema: {got.schema}"
    for name in want.column_names:
        a, b = want[name], got[name]
        if pa.types.is_floating(a.type):
            # NaN is not equal to itself.
            a, b = (pc.if_else(pc.is_nan(x.cast(pa.float64())), -1.5, x.cast(pa.float64())) for x in (a, b))
        if a.to_pylist() != b.to_pylist():
            return name
    return None


def storage(file, group, i):
    """How a column is stored, as far as the copy promises to keep it."""
    chunk = file.metadata.row_group(group).column(i)
    kept = [chunk.compression, chunk.has_dictionary_page, chunk.is_stats_set, chunk.has_column_index]
    return chunk.path_in_schema, *kept, chunk.has_offset_index


def compare_storage(source, copy):
    a, b = pq.ParquetFile(source), pq.ParquetFile(copy)
    assert a.schema.equals(b.schema), "the schema"
    assert str(a.schema).split("\n")[1:] == str(b.schema).split("\n")[1:], "the schema as text"
    assert a.metadata.metadata == b.metadata.metadata, "the key-value metadata"
    if b.metadata.num_rows == 0:
        return
    assert a.num_row_groups == b.num_row_groups, "row groups"
    assert a.metadata.row_group(0).sorting_columns == b.metadata.row_group(0).sorting_columns, "sorting"
    for i in range(a.metadata.num_columns):
        assert storage(a, 0, i) == storage(b, 0, i), f"{storage(a, 0, i)} became {storage(b, 0, i)}"
        first = [file.metadata.row_group(0).column(i) for file in (a, b)]
        if not first[0].has_dictionary_page:
            assert set(first[0].encodings) == set(first[1].encodings), f"encodings of {first[0].path_in_schema}"


def compare_duckdb(source, copy, drop, skip):
    def rows(path, condition):
        query = f"select * exclude (file_row_number{skip}) from read_parquet('{path}', file_row_number = true)"
        return duckdb.sql(f"{query} where {condition} order by file_row_number").fetchall()

    stays = f"file_row_number % {drop} <> 0" if drop else "true"
    assert repr(rows(source, stays)) == repr(rows(copy, "true")), "DuckDB"


def compare_polars(source, copy, drop, names):
    before, after = (pl.read_parquet(path, columns=names) for path in (source, copy))
    if drop:
        before = before.with_row_index("row").filter(pl.col("row") % drop != 0).drop("row")
    assert before.schema == after.schema and before.equals(after), "Polars"


def compare(rewrite, source, copy, drop, edit):
    subprocess.run([rewrite, source, copy, "text", str(drop), str(edit)], check=True)
    changed = difference(expected(pq.read_table(source), drop, edit), pq.read_table(copy))
    assert changed is None, f"pyarrow: {changed}"
    compare_storage(source, copy)
    compare_duckdb(source, copy, drop, ", text" if edit else "")
    # Polars has no decimals of 256 bits.
    names = [name for name in pq.read_schema(source).names if name != "decimal256" and not (edit and name == "text")]
    compare_polars(source, copy, drop, names)


def main():
    rewrite = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        rows = table()
        for name, options in VARIANTS.items():
            source, copy = folder / f"{name}.parquet", folder / f"{name}.copy.parquet"
            pq.write_table(rows, source, **options)
            for drop, edit in EDITS:
                try:
                    compare(rewrite, source, copy, drop, edit)
                except (AssertionError, subprocess.CalledProcessError) as error:
                    sys.exit(f"{name}, drop {drop}, edit {edit}: {error}")
    print(f"{len(VARIANTS)} files of {rows.num_columns} columns, {len(EDITS)} copies of each: as they should be")


main()
