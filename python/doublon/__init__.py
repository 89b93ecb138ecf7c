"""Finds duplicate and near-duplicate texts, and passages that repeat within or across them.

>>> import doublon
>>> found = doublon.scan(["The same line of words.", "Another one.", "The same line of words!"])
>>> found.keep
[0, 1]
"""

from doublon._doublon import Deduper, Findings, Index, Table, __version__, clean, compare, repeats, scan
from doublon._errors import ChangedError, Error, InputError, SettingError
from doublon._progress import Progress

__all__ = [
    "ChangedError",
    "Deduper",
    "Error",
    "Findings",
    "Index",
    "InputError",
    "Progress",
    "SettingError",
    "Table",
    "__version__",
    "clean",
    "compare",
    "repeats",
    "scan",
]
