"""The command: `python -m doublon.cluster INPUT... --out OUTPUT`."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from typing import Any

from doublon._errors import ChangedError, Error, SettingError
from doublon.cluster.job import Job

NOTE = """Other flags are those of `doublon clean` that are about documents, such as --threshold 0.9, --exact or --text-field body.
Without --master and --remote the session is whatever spark-submit or SPARK_REMOTE says."""


def main(arguments: list[str] | None = None) -> int:
    """Runs a job and returns the exit code: 0 done, 2 failed and nothing written, 3 done, but some records were skipped, 4 a file
    changed meanwhile and nothing was written."""
    parser = argparse.ArgumentParser(
        prog="python -m doublon.cluster",
        description="Removes duplicate documents on many machines.",
        epilog=NOTE,
        allow_abbrev=False,
    )
    parser.add_argument("input", nargs="+", help="JSONL and Parquet files, or folders that hold them")
    parser.add_argument(
        "--out",
        required=True,
        help="folder of the clean files and of the table `_doublon/removed`; it must not be there yet",
    )
    engine = parser.add_mutually_exclusive_group()
    engine.add_argument("--master", help="Spark without Connect, such as local[2] or spark://host:7077")
    engine.add_argument("--remote", help="Spark Connect or Sail, such as sc://host:50051")
    parser.add_argument("--partitions", type=int, default=8, help="tasks that share a step [default: 8]")
    parser.add_argument("--batch", type=int, default=4096, help="rows that are handed over at a time [default: 4096]")
    parser.add_argument(
        "--split-bytes", type=int, default=64 << 20, help="bytes of a JSONL file that a task reads [default: 64 MiB]"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="keep the steps of a job that fails in OUT.part, and take up those of an earlier one",
    )
    parser.add_argument("--quiet", action="store_true", help="tell no steps")
    known, others = parser.parse_known_args(arguments)
    tell = (lambda step: None) if known.quiet else (lambda step: print(f"doublon: {step}", file=sys.stderr, flush=True))
    try:
        settings = settings_of(others)
        spark = session(known.master, known.remote, known.partitions)
        sizes = {name: getattr(known, name) for name in ("partitions", "batch", "split_bytes")}
        job = Job(spark, known.out, **sizes, resume=known.resume, told=tell, **settings)
        outcome = job.run(known.input)
    except Error as error:
        print(f"doublon: {error}", file=sys.stderr)
        return 4 if isinstance(error, ChangedError) else 2
    except Exception as error:
        if not type(error).__module__.startswith("pyspark"):
            raise
        print(f"doublon: the engine failed: {error}", file=sys.stderr)
        return 2
    print(json.dumps(asdict(outcome)))
    return 3 if any(reason != "empty" for reason in outcome.skipped) else 0


def settings_of(flags: list[str]) -> dict[str, Any]:
    """Takes flags as settings: `--name value`, `--name=value`, and `--name` for a switch."""
    settings: dict[str, Any] = {}
    rest = list(flags)
    while rest:
        flag = rest.pop(0)
        if not flag.startswith("--"):
            raise SettingError(f"{flag} is no flag; name inputs before the flags of doublon")
        name, has_value, value = flag[2:].partition("=")
        if not has_value:
            has_value, value = (True, rest.pop(0)) if rest and not rest[0].startswith("--") else (False, "")
        settings[name.replace("-", "_")] = value if has_value else True
    return settings


def session(master: str | None, remote: str | None, partitions: int) -> Any:
    """Returns a session with an engine, in which joins have as many tasks as all other steps."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SettingError(f"there is no pyspark ({error}); install pyspark, or pyspark-client for --remote") from error
    # Executors on this machine run this Python, where doublon is.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.config("spark.sql.shuffle.partitions", str(partitions))
    if remote:
        return builder.remote(remote).getOrCreate()
    builder = builder.appName("doublon")
    if master:
        builder = builder.master(master).config("spark.ui.enabled", "false").config("spark.driver.maxResultSize", "0")
        if master.startswith("local"):
            builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    return builder.getOrCreate()


if __name__ == "__main__":
    sys.exit(main())
