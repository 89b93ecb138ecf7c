"""Files, the splits that they are read in, and the texts in them.

A document is known by its place: the number of its file in the upper bits, and in the lower 40 its offset (JSONL) or its row
(Parquet). So places are in the order in which one machine reads, and a text can be fetched again by its place.
"""

import bisect
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.fs
import pyarrow.parquet

from doublon._errors import InputError
from doublon.kernels import Kernels

FILE_SHIFT = 40
"""Bits of a place below the number of the file: files may have 1 TiB."""

SPLIT_BYTES = 64 << 20
"""Bytes of a file of lines that one task reads at a time."""

PIECE_BYTES = 4 << 20
"""Bytes of lines that are parsed at a time."""

CODECS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".lz4": "lz4"}


@dataclass(frozen=True)
class Source:
    """A file: its number, the name that it is reported by, its path for every machine, and its path in the output."""

    number: int
    name: str
    path: str
    target: str

    @property
    def codec(self) -> str | None:
        """The compression of a file of lines."""
        return CODECS.get(os.path.splitext(self.path)[1].lower())

    @property
    def is_parquet(self) -> bool:
        """Whether it holds a table, and not lines."""
        return _format_of(self.path) == "parquet"

    def open(self) -> pyarrow.NativeFile:
        """Opens its bytes as they are stored."""
        system, path = file_system(self.path)
        return system.open_input_file(path)


@dataclass(frozen=True)
class Split:
    """A part of a file: bytes `start..end`, or the rows of a row group."""

    number: int
    source: Source
    start: int
    end: int
    row_group: int = -1


@dataclass(frozen=True)
class Rows:
    """Records of a split, in order. `rows` count within the split, `reasons` say why a record has no text, and `lines` is how
    many lines of the split were read by now."""

    lines: int
    places: pyarrow.Int64Array
    rows: pyarrow.Int64Array
    ids: pyarrow.StringArray
    texts: pyarrow.Array
    reasons: pyarrow.StringArray


def file_system(path: str) -> tuple[pyarrow.fs.FileSystem, str]:
    """Returns where a path is, and what it is called there."""
    if "://" in path:
        return pyarrow.fs.FileSystem.from_uri(path)
    return pyarrow.fs.LocalFileSystem(), path


def find(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[Source], list[str]]:
    """Returns the files that paths lead to, by the bytes of their names, and the names of those that are neither JSONL nor
    Parquet. In folders, what begins with a dot or an underscore is passed over."""
    found: dict[str, tuple[str, str]] = {}
    others = []
    for path in map(os.fspath, paths):
        is_folder, files = _files(path)
        for name in files:
            below = name[len(path) :].lstrip("/") if is_folder else name.rsplit("/", 1)[-1]
            if _format_of(name) is not None:
                found[name] = (name if "://" in name else os.path.abspath(name), below)
            elif is_folder:
                others.append(name)
            else:
                raise InputError(f"{name} is neither JSONL nor Parquet, by its name")
    names = sorted(found, key=os.fsencode)
    sources = [Source(number, name, *found[name]) for number, name in enumerate(names)]
    targets = [source.target for source in sources]
    if len(set(targets)) < len(targets):
        raise InputError("two of the files would have the same name in the output; give the folder that holds them")
    return sources, others


def _files(path: str) -> tuple[bool, list[str]]:
    system, inner = file_system(path)
    info = system.get_file_info(inner)
    if info.type == pyarrow.fs.FileType.NotFound:
        raise InputError(f"{path} does not exist")
    if info.type == pyarrow.fs.FileType.File:
        return False, [path]
    below = system.get_file_info(pyarrow.fs.FileSelector(inner, recursive=True))
    names = [each.path[len(inner) :].lstrip("/") for each in below if each.type == pyarrow.fs.FileType.File]
    shown = [name for name in names if not any(part[0] in "._" for part in name.split("/"))]
    return True, [f"{path.rstrip('/')}/{name}" for name in shown]


def stamps(files: list[Source]) -> list[tuple[int, int]]:
    """Returns of each file its size and when it was changed, in nanoseconds."""
    infos = (system.get_file_info(path) for system, path in (file_system(source.path) for source in files))
    return [(info.size or 0, info.mtime_ns or 0) for info in infos]


def _format_of(name: str) -> str | None:
    stem, ending = os.path.splitext(name.lower())
    if ending in CODECS:
        ending = os.path.splitext(stem)[1]
        return "lines" if ending in (".jsonl", ".ndjson") else None
    return {".jsonl": "lines", ".ndjson": "lines", ".parquet": "parquet"}.get(ending)


def splits(sources: list[Source], text_field: str, split_bytes: int = SPLIT_BYTES) -> list[Split]:
    """Cuts files into splits, in the order of their documents. A table must have the column of the texts."""
    parts: list[Split] = []
    for source in sources:
        bounds = _row_groups(source, text_field) if source.is_parquet else _stretches(source, split_bytes)
        for start, end, group in bounds:
            parts.append(Split(len(parts), source, start, end, group))
    return parts


def _row_groups(source: Source, text_field: str) -> Iterator[tuple[int, int, int]]:
    with source.open() as file:
        table = pyarrow.parquet.ParquetFile(file)
        metadata, schema = table.metadata, table.schema_arrow
        if text_field not in schema.names:
            raise InputError(f"{source.name} has no column {text_field}; it has {', '.join(schema.names)}")
        start = 0
        for group in range(metadata.num_row_groups):
            end = start + metadata.row_group(group).num_rows
            yield start, end, group
            start = end


def _stretches(source: Source, split_bytes: int) -> Iterator[tuple[int, int, int]]:
    system, path = file_system(source.path)
    size = system.get_file_info(path).size
    if source.codec or size == 0:
        yield 0, size, -1
        return
    for start in range(0, size, split_bytes):
        yield start, min(start + split_bytes, size), -1


def read(split: Split, kernels: Kernels, batch: int) -> Iterator[Rows]:
    """Reads all records of a split, some at a time. There are rows of each part that is read, also where they are none."""
    if split.source.is_parquet:
        yield from _read_table(split, kernels, batch)
        return
    base, row = split.source.number << FILE_SHIFT, 0
    for lines, offset in pieces(split):
        table = pyarrow.table(kernels.json_lines(lines, first=row, offset=offset))
        row += lines.count(b"\n")
        for start in range(0, max(table.num_rows, 1), batch):
            record, at, ids, texts, reasons = (column.combine_chunks() for column in table.slice(start, batch).columns)
            yield Rows(row, pyarrow.compute.add(at, base), record, ids, texts, reasons)


def fetch(split: Split, kernels: Kernels, places: list[int]) -> Iterator[tuple[list[int], pyarrow.Array]]:
    """Reads the texts at some places of a split, which are ascending and those of documents."""
    base = split.source.number << FILE_SHIFT
    wanted = [place - base for place in places]
    if split.source.is_parquet:
        texts = _row_group(split, [text_field(kernels)]).column(0)
        yield places, texts.take(pyarrow.array([at - split.start for at in wanted])).combine_chunks()
        return
    for lines, offset in pieces(split):
        first, last = bisect.bisect_left(wanted, offset), bisect.bisect_left(wanted, offset + len(lines))
        if first < last:
            chosen = b"".join(_line(lines, at - offset) for at in wanted[first:last])
            table = pyarrow.table(kernels.json_lines(chosen))
            if table.num_rows != last - first:
                raise InputError(f"{split.source.name} has changed since it was read")
            yield places[first:last], table["text"].combine_chunks()


def _line(lines: bytes, start: int) -> bytes:
    end = lines.find(b"\n", start)
    return lines[start:] + b"\n" if end < 0 else lines[start : end + 1]


def pieces(split: Split) -> Iterator[tuple[bytes, int]]:
    """Reads the lines that begin in a split, some megabytes at a time, each with the offset of its first byte."""
    with split.source.open() as file:
        if split.source.codec:
            yield from _whole_lines(pyarrow.CompressedInputStream(file, split.source.codec), 0, None)
        else:
            start = split.start
            if start > 0:
                start = _next_line(file, start)
            file.seek(start)
            yield from _whole_lines(file, start, split.end)


def _next_line(file: pyarrow.NativeFile, start: int) -> int:
    """Returns where the first line begins that does not begin before `start`."""
    at = start - 1
    file.seek(at)
    while True:
        read = file.read(64 << 10)
        found = read.find(b"\n")
        if found >= 0:
            return at + found + 1
        if not read:
            return at
        at += len(read)


def _whole_lines(file: pyarrow.NativeFile, offset: int, end: int | None) -> Iterator[tuple[bytes, int]]:
    """Reads lines on from `offset`, of which the last begins before `end`."""
    rest = b""
    while end is None or offset < end:
        read = file.read(PIECE_BYTES)
        lines = rest + read
        if not read:
            if lines:
                yield lines, offset
            return
        cut = lines.rfind(b"\n") + 1
        if end is not None and offset + cut > end:
            # Without the lines that begin at the end or behind it.
            cut = lines.find(b"\n", end - 1 - offset) + 1
        if cut > 0:
            yield lines[:cut], offset
        rest, offset = lines[cut:], offset + cut


def text_field(kernels: Kernels) -> str:
    """Returns the field of the texts."""
    field = kernels.parameters["text_field"]
    return field[0] if isinstance(field, list) else field


def _row_group(split: Split, columns: list[str]) -> pyarrow.Table:
    with split.source.open() as file:
        return pyarrow.parquet.ParquetFile(file).read_row_group(split.row_group, columns=columns)


def _read_table(split: Split, kernels: Kernels, batch: int) -> Iterator[Rows]:
    text, id = text_field(kernels), kernels.parameters["id_field"]
    with split.source.open() as file:
        has_id = id in pyarrow.parquet.ParquetFile(file).schema_arrow.names
    table = _row_group(split, [text, id] if has_id and id != text else [text])
    base = (split.source.number << FILE_SHIFT) + split.start
    for start in range(0, table.num_rows, batch):
        part = table.slice(start, batch)
        rows = pyarrow.array(range(start, start + part.num_rows), pyarrow.int64())
        texts = part[text].combine_chunks()
        ids = part[id].cast(pyarrow.string()).combine_chunks() if has_id else pyarrow.nulls(len(rows), pyarrow.string())
        is_null = texts.is_null()
        reasons = pyarrow.compute.if_else(is_null, "text_not_string", pyarrow.scalar(None, pyarrow.string()))
        yield Rows(start + len(rows), pyarrow.compute.add(rows, base), rows, ids, texts, reasons)


def write_clean(source: Source, target: str, removed: list[int]) -> None:
    """Writes a file without the documents at some places, which are ascending. It has its name when it is whole."""
    system, path = file_system(target)
    if "://" not in target:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    waiting = f"{path}.{uuid.uuid4().hex}.part"
    base = source.number << FILE_SHIFT
    wanted = [place - base for place in removed]
    with system.open_output_stream(waiting, compression=None) as out:
        if source.is_parquet:
            _write_rows(source, out, wanted)
        elif source.codec:
            with pyarrow.CompressedOutputStream(out, source.codec) as packed:
                _write_lines(source, packed, wanted)
        else:
            _write_lines(source, out, wanted)
    system.move(waiting, path)


def _write_lines(source: Source, out: pyarrow.NativeFile, removed: list[int]) -> None:
    _, size, _ = next(_stretches(source, 1 << FILE_SHIFT))
    for lines, offset in pieces(Split(0, source, 0, size)):
        start = 0
        first, last = bisect.bisect_left(removed, offset), bisect.bisect_left(removed, offset + len(lines))
        for at in removed[first:last]:
            out.write(lines[start : at - offset])
            end = lines.find(b"\n", at - offset)
            start = len(lines) if end < 0 else end + 1
        out.write(lines[start:])


def _write_rows(source: Source, out: pyarrow.NativeFile, removed: list[int]) -> None:
    with source.open() as file:
        table = pyarrow.parquet.ParquetFile(file)
        codec = "snappy"
        if table.num_row_groups and table.metadata.num_columns:
            codec = table.metadata.row_group(0).column(0).compression.lower()
        codec = {"uncompressed": "none"}.get(codec, codec)
        with pyarrow.parquet.ParquetWriter(out, table.schema_arrow, compression=codec) as writer:
            start = 0
            for group in range(table.num_row_groups):
                rows = table.read_row_group(group)
                end = start + rows.num_rows
                first, last = bisect.bisect_left(removed, start), bisect.bisect_left(removed, end)
                keep = numpy.ones(rows.num_rows, dtype=bool)
                keep[numpy.array(removed[first:last], dtype=numpy.int64) - start] = False
                writer.write_table(rows.filter(pyarrow.array(keep)))
                start = end
