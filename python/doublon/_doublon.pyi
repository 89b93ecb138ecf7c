import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Optional, Protocol, TypedDict, Union

from doublon._progress import Progress

__version__: str

class ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object: ...

class ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: Optional[object] = None) -> object: ...

ArrowColumn = Union[ArrowStream, ArrowArray]
Path = Union[str, os.PathLike[str]]
Texts = Union[
    ArrowStream,
    ArrowArray,
    Iterable[Optional[str]],
    Iterable[tuple[object, Optional[str]]],
    Iterable[Mapping[str, Any]],
]
Data = Union[Path, list[os.PathLike[str]], tuple[os.PathLike[str], ...], Texts]
Listener = Union[None, bool, Callable[[Progress], object]]
Setting = Union[None, bool, int, float, str, os.PathLike[str], list[str], tuple[str, ...]]

class Place(TypedDict):
    start: int
    end: int
    text: str

class Repeat(TypedDict):
    words: int
    identity: float
    a: Place
    b: Place

class Table:
    """A table that pyarrow, polars, pandas and DuckDB take as it is."""

    @property
    def column_names(self) -> list[str]: ...
    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def __len__(self) -> int: ...

class Findings:
    """What a scan found. Iterating gives each finding as a dict, as `doublon scan --format json` writes them."""

    @property
    def summary(self) -> dict[str, Any]:
        """The counts: `documents` = `kept` + `removed` + skipped, bytes, passages."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The settings that determined the result."""

    @property
    def documents(self) -> Table:
        """Of rows all, with `index`, `id`, `cluster`, `keep`, `count`, `kept_index`; of files those that have duplicates or
        are such, with `source` and `record`."""

    @property
    def pairs(self) -> Table:
        """The verified pairs of documents, if `pairs=True` was set."""

    @property
    def passages(self) -> Table:
        """The repeated passages, two places a row."""

    @property
    def families(self) -> Table:
        """The repeated passages, each with all its places."""

    @property
    def keep(self) -> list[int]:
        """The numbers of the rows that stay, ascending. What could not be read as a text stays."""

    def write_jsonl(self, path: Path) -> None:
        """Writes what `doublon scan --format json` writes, for `report`, `explain` and `clean --from`."""

    def html(self, limit: int = 400) -> str:
        """Returns the page that `doublon scan --format html` writes."""

    def _repr_html_(self) -> str: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...

class Deduper:
    """Compares texts that come in parts."""

    def __init__(self, **settings: Setting) -> None: ...
    def push(self, id: object, text: Optional[str], /) -> None:
        """Takes one text, with an id or None."""

    def push_batch(self, data: Texts, /, *, progress: Listener = None) -> None:
        """Takes all rows of a table, or of anything else that `scan` takes but files."""

    def finish(self, *, progress: Listener = None) -> Findings:
        """Compares all texts. Nothing more can be pushed then."""

    def __len__(self) -> int: ...

class Match(TypedDict):
    document: dict[str, Any]
    opening: str
    jaccard: float
    equality: str

class Index:
    """A saved index of documents, against which new ones are held.

    It is opened, or made if there is none at `path`. The settings are those of `doublon index build`, with underscores, which
    hold for the index ever after, and those that say how files are read. One object may be asked by many threads at once.
    """

    def __init__(self, path: Path, /, **settings: Setting) -> None: ...
    def add(self, paths: Union[Path, list[Path], tuple[Path, ...]], /, *, progress: Listener = None) -> Findings:
        """Adds the documents of files that are duplicates neither of what the index holds nor of each other.

        If it fails or is interrupted, the index is what it was."""

    def against(self, paths: Union[Path, list[Path], tuple[Path, ...]], /, *, progress: Listener = None) -> Findings:
        """Holds the documents of files against the index, and not against each other. Nothing is changed."""

    def query(self, text: str, /) -> Optional[Match]:
        """Returns the first document that a text is a duplicate of, measured, or None."""

    def remove(self, *, ids: Optional[list[Union[str, int]]] = None, sources: Optional[list[str]] = None) -> dict[str, Any]:
        """Removes documents, so that what is like them is new again, and returns how many, and what no document has."""

    def compact(self) -> None:
        """Writes the index anew, without what was removed."""

    def verify(self) -> list[str]:
        """Reads all of the index, and returns what is damaged, a line each."""

    @property
    def info(self) -> dict[str, Any]:
        """What the index holds, as `doublon index info --format json` tells it."""

    def __len__(self) -> int: ...

def scan(data: Data, /, *, progress: Listener = None, **settings: Setting) -> Findings:
    """Finds duplicate documents and repeated passages.

    `data` is a file or folder (a string or a path, or a list of `pathlib.Path`); a table or column with the Arrow interface
    (pyarrow, polars, pandas, DuckDB, a Hugging Face dataset), whose texts are not copied; or texts, pairs `(id, text)` or
    records (dicts) in any iterable. The settings are the flags of `doublon scan`, with underscores; `text_field` and
    `id_field` name columns and keys. `progress` is called with a `Progress`, or True for a bar by tqdm.

    Raises `SettingError` if a setting is wrong, and `InputError` if a path is not there. A record that cannot be read ends
    nothing: it is counted and listed as skipped.
    """

def clean(
    paths: Union[Path, list[Path], tuple[Path, ...]], /, *, progress: Listener = None, **settings: Setting
) -> dict[str, Any]:
    """Writes a clean copy of files to `out`, as `doublon clean` does, and returns the counts of its `_doublon/summary.json`,
    with those of the scan as `found`.

    The settings are the flags of `doublon clean`, with underscores, as `out`, `passages="cut"` and `dry_run=True`; `from_` are
    saved findings. There is no output if it fails.
    """

def repeats(text: str, /, **settings: Setting) -> list[Repeat]:
    """Returns the passages that repeat inside a text, with places as indices into it."""

def compare(a: str, b: str, /, **settings: Setting) -> dict[str, Any]:
    """Compares two texts as `doublon compare --format json` does."""

def main(arguments: list[str]) -> int:
    """Runs the command, and returns its exit code."""

class Kernels:
    """What all tasks of a job compare documents by. It is pickled with them.

    `secret` is a seed that nobody else should know; the answers do not depend on it. `settings` are those of `doublon scan`
    that are about documents.
    """

    def __init__(self, secret: int, **settings: Setting) -> None: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @property
    def parameters(self) -> dict[str, Any]:
        """The settings that determine the result, as findings have them."""

    def sketch(self, texts: ArrowColumn) -> Table:
        """Returns a row for each text.

        `reason` says why it is compared with none (`empty`, `missing_text`, `invalid_utf8`). Equal `fingerprint`s (16 bytes)
        are equal texts. `sketch` has 64 bytes. `keys` has one key a band: the number of the band in the upper half, and in the
        lower one the key by which a scan compares. Texts that share a key meet. With `exact` there is no sketch and no key.
        """

    def json_lines(self, lines: bytes, *, first: int = 0, offset: int = 0) -> Table:
        """Reads lines of JSON, of which the first is number `first` and stands at `offset`.

        Returns for each that is not blank `record`, `offset`, `id`, `text`, and the `reason` for which it has no text.
        """

    def pairs(self, rows: ArrowStream) -> Table:
        """Returns the pairs, `earlier` and `later`, that meet by `key` and whose sketches let them be duplicates.

        `rows` has `key`, `place` and `sketch`, and is sorted by key and place; rows that are not raise an error. It is read
        batch by batch, and one key is held. A pair may come several times. A row without `earlier` says that the document
        `later` shares boilerplate with many: its pairs are found by `Decider`.
        """

    def verify(self, texts: ArrowColumn, earlier: list[int], later: list[int]) -> Table:
        """Measures pairs of texts, given by their row numbers in `texts`.

        Returns the numbers of shingles of both (`a`, `b`) and `shared`, `jaccard`, and whether it is a `match`.
        """

    def shingles(self, texts: ArrowColumn) -> Table:
        """Returns the `shingles` of each text, 8 bytes each, for `Decider`."""

class Decider:
    """Decides which documents stay, as one machine does: in the order of their places, a document goes for the first one
    before it that stays and matches it.

    `matches` has `earlier`, `later`, `a`, `b` and `shared`, in any order.
    """

    def __init__(self, kernels: Kernels, matches: ArrowStream) -> None: ...
    def push(self, crowd: ArrowStream) -> None:
        """Takes `place` and `shingles` of documents that share boilerplate with many, sorted by place; all that come are
        after those that came before."""

    def finish(self) -> Table:
        """Returns what goes: `removed`, its `keeper`, and their measures."""

def components(pairs: ArrowStream) -> Table:
    """Returns each `place` of some pairs with the smallest place that is connected to it, as `component`."""
