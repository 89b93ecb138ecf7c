"""How much CPU a scan of a table in memory takes, against the command on the file that it came from.

    python benches/python/scan_table.py FILE.jsonl

Runs take turns; medians of nine are told, and of the command also how long it takes to start. Both have one thread and
compare documents. It needs the package and pyarrow.
"""

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

import pyarrow

import doublon

ROUNDS = 9


def cpu_of(command: list[str]) -> float:
    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return spent() - before


def main(path: str) -> None:
    program = str(pathlib.Path(sys.executable).with_name("doublon"))
    with open(path) as lines:
        rows = [json.loads(line) for line in lines]
    table = pyarrow.table({"id": [str(row["id"]) for row in rows], "text": [row["text"] for row in rows]})
    command, start, package = [], [], []
    for _ in range(ROUNDS):
        command.append(cpu_of([program, "scan", path, "--level", "documents", "--threads", "1", "--format", "json"]))
        start.append(cpu_of([program, "--version"]))
        before = time.process_time()
        found = doublon.scan(table, level="documents", threads=1)
        package.append(time.process_time() - before)
    command, start, package = map(statistics.median, (command, start, package))
    print(found)
    print(f"command {command:.3f} s, of which start {start:.3f} s; package {package:.3f} s")
    print(f"documents per second of CPU: {(command - start) / package:.0%} of the command's without its start")


main(sys.argv[1])
