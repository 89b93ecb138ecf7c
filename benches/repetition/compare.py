#!/usr/bin/env python3
"""Compares the repetition measures of `doublon stats` with those of datatrove, document by document.

    pip install datatrove==0.10.1 spacy==3.8.18 numpy
    benches/repetition/compare.py docs.jsonl --doublon target/release/doublon --language fra --documents 500

datatrove counts twice: once with the words as doublon splits them, which must give the same numbers, and once as its
filter does, with its own splitter for the language. Printed are, for each measure, the largest difference of the first
kind, the mean and largest of the second, and how many documents are over the limit by each tool. The exit code is 1 if
a number of the first kind differs. Documents with characters that doublon takes as part of the word around them (marks,
soft hyphens, joiners) or as words (scripts without spaces) are compared in the second way only.
"""

import argparse
import json
import re
import subprocess
import sys
import unicodedata
from itertools import islice

from datatrove.pipeline.filters.gopher_repetition_filter import (
    find_all_duplicate,
    find_duplicates,
    find_top_duplicate,
    get_n_grams,
)
from datatrove.utils.text import split_into_words

# A run of letters and digits, or any other character but white space.
WORDS = re.compile(r"[^\W_]+|[^\w\s]|_")
UNLIKE_PYTHON = ("Mn", "Me", "Mc", "Cf", "Lo")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", help="JSON lines with the field `text`")
    parser.add_argument("--doublon", default="target/release/doublon")
    parser.add_argument("--language", default="eng", help="of datatrove's own splitter")
    parser.add_argument("--documents", type=int, default=200, help="how many are compared")
    return parser.parse_args()


def parts(lines):
    """The share of parts that stood before, and their characters."""
    again, characters = find_duplicates(lines)
    return again / max(len(lines), 1), characters


def top(words, n):
    """An n-gram that stands once repeats nothing: doublon's one departure in counting."""
    grams = get_n_grams(words, n)
    return find_top_duplicate(grams) if len(set(grams)) < len(grams) else 0


def coded(words):
    """Words that can be told apart when datatrove joins them without a space: `enfant sont` is not `enfants ont`."""
    codes = {}
    return [chr(0xF0000 + codes.setdefault(word, len(codes))) * len(word) for word in words]


def shares(text, words):
    """The 13 measures of datatrove's filter, in doublon's order."""
    lines = [line.strip() for line in text.split("\n")]
    paragraphs = [p for p in re.split(r"\n{2,}", "\n".join(lines).strip("\n")) if p]
    line_share, line_characters = parts([line for line in lines if line])
    paragraph_share, paragraph_characters = parts(paragraphs)
    counts = [line_characters, paragraph_characters]
    counts += [top(words, n) for n in (2, 3, 4)]
    counts += [find_all_duplicate(words, n) for n in range(5, 11)]
    return [line_share, paragraph_share] + [min(1.0, count / len(text)) for count in counts]


def measured(options):
    """The measures that doublon finds, by the line of the document; and their limits."""
    command = [options.doublon, "stats", options.input, "--alone", "--documents", "--format", "json", "-q"]
    found, limits = {}, {}
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    for line in output.splitlines():
        finding = json.loads(line)
        if finding["type"] == "document":
            found[finding["record"]] = finding["gopher"]
        elif finding["type"] == "summary":
            limits = {one["measure"]: one["limit"] for one in finding["gopher"]}
    return found, limits


def main():
    options = arguments()
    found, limits = measured(options)
    rows = {name: {"same": [], "own": [], "over": [0, 0]} for name in limits}
    documents = agreed = 0
    with open(options.input, encoding="utf-8") as lines:
        for record, line in enumerate(islice(lines, options.documents)):
            if record not in found:
                continue
            text = json.loads(line)["text"]
            is_alike = not any(unicodedata.category(c) in UNLIKE_PYTHON for c in set(text))
            same = shares(text, coded(WORDS.findall(text))) if is_alike else None
            own = shares(text, split_into_words(text, options.language))
            ours = list(found[record].values())
            documents += 1
            over = [any(share > limit for share, limit in zip(s, limits.values())) for s in (ours, own)]
            agreed += over[0] == over[1]
            for row, a, b, c, limit in zip(rows.values(), ours, same or ours, own, limits.values()):
                row["same"].append(abs(a - b))
                row["own"].append(abs(a - c))
                row["over"][0] += a > limit
                row["over"][1] += c > limit
    print(f"{documents} documents; both keep or both drop {agreed} of them\n")
    print("| measure | same words: largest difference | own words: mean | largest | over: doublon | datatrove |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, row in rows.items():
        mean = sum(row["own"]) / documents
        same, own, (ours, theirs) = max(row["same"]), max(row["own"]), row["over"]
        print(f"| {name} | {same:.6f} | {mean:.4f} | {own:.4f} | {ours} | {theirs} |")
    return max(max(row["same"]) for row in rows.values()) > 1e-6


if __name__ == "__main__":
    sys.exit(main())
