"""Documents with duplicates of all kinds, from a seed."""

import json
import pathlib
import random


def documents(count: int, seed: int) -> list[str]:
    """Makes texts: copies, near copies, chains of near copies, pages of one template, short and empty ones."""
    rng = random.Random(seed)
    words = [f"w{n}" for n in range(4000)]
    template = " ".join(rng.choices(words, k=90))
    texts: list[str] = []
    while len(texts) < count:
        kind = rng.random()
        earlier = rng.choice(texts).split(" ") if texts else []
        if kind < 0.35 or not earlier:
            texts.append(" ".join(rng.choices(words, k=rng.randint(30, 160))))
        elif kind < 0.5:
            texts.append(" ".join(earlier).replace(" ", rng.choice([" ", ", ", "\n"])))
        elif kind < 0.75:
            changed = list(earlier)
            for _ in range(rng.randint(1, 1 + len(changed) // 60)):
                changed[rng.randrange(len(changed))] = rng.choice(words)
            texts.append(" ".join(changed))
        elif kind < 0.95:
            texts.append(template + " " + " ".join(rng.choices(words, k=rng.randint(1, 25))))
        elif kind < 0.98:
            texts.append(" ".join(rng.choices(words[:20], k=rng.randint(1, 3))))
        else:
            texts.append(rng.choice(["", " \n", "😀", "C++"]))
    return texts


def lines(texts: list[str]) -> bytes:
    """Makes lines of records, with some that are broken, and a blank one."""
    out = []
    for number, text in enumerate(texts):
        out.append(json.dumps({"id": f"doc-{number}", "text": text, "n": [number]}, ensure_ascii=number % 2 == 0))
        if number % 97 == 5:
            out.extend(["", '{"id": "broken"', '{"text": 5}'])
    return ("\n".join(out)).encode()


def write(folder: pathlib.Path, texts: list[str]) -> None:
    """Writes a folder of files of several formats."""
    import gzip

    import pyarrow
    import pyarrow.parquet

    (folder / "a").mkdir(parents=True)
    parts = [texts[n::4] for n in range(4)]
    (folder / "a" / "one.jsonl").write_bytes(lines(parts[0]))
    (folder / "a.jsonl").write_bytes(lines(parts[1]) + b"\n")
    (folder / "two.jsonl.gz").write_bytes(gzip.compress(lines(parts[2])))
    rows = [text if n % 50 else None for n, text in enumerate(parts[3])]
    table = pyarrow.table({"id": range(len(rows)), "text": rows, "more": [{"n": n} for n in range(len(rows))]})
    pyarrow.parquet.write_table(table, folder / "z.parquet", row_group_size=70)


def template(count: int, seed: int) -> list[str]:
    """Makes texts of which nearly all is one template."""
    rng = random.Random(seed)
    words = [f"w{n}" for n in range(100_000)]
    shared = " ".join(rng.choices(words, k=150))
    return [f"{shared} {' '.join(rng.choices(words, k=rng.randint(1, 60)))}" for _ in range(count)]


SHAPES = {
    "mixed": lambda count: documents(count, 1),
    "template": lambda count: template(count, 1),
    "equal": lambda count: ["One text again and again, which is the same in all of them."] * count,
}


def main() -> None:
    """Writes a file: `python corpus.py mixed 100000 docs.jsonl`."""
    import sys

    _, shape, count, path = sys.argv
    with open(path, "w") as file:
        for number, text in enumerate(SHAPES[shape](int(count))):
            file.write(json.dumps({"id": number, "text": text}) + "\n")


if __name__ == "__main__":
    main()
