import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Optional, Protocol, TypedDict, Union

from doublon._progress import Progress

__version__: str

class ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object: ...

class ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: Optional[object] = None) -> object: ...

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

    def remove(self, *, ids: Optional[list[str]] = None, sources: Optional[list[str]] = None) -> dict[str, Any]:
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
