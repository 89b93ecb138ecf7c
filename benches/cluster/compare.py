"""The job of many machines against one: the same documents, and what it costs.

    python benches/cluster/compare.py FILE... --engine sail|spark [--partitions N] [--batch N] [--kill-after SECONDS]

It needs the package where this Python is, and what the engine needs. It prints the time and CPU of both, of the job those of
each step, and on Spark the bytes of each shuffle, from the log of its events. It fails if the answers differ.
With --kill-after Spark runs on two executors that are processes of their own, and one of them is killed after so many seconds.
"""

import argparse
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pyarrow.parquet

sys.path.append(str(pathlib.Path(__file__).parents[2] / "python" / "tests_cluster"))
from sail import serve  # noqa: E402


class Usage:
    """CPU of all processes of a session, looked at some times a second."""

    def __init__(self, session: int) -> None:
        self.session, self.of, self.memory, self.done = session, {}, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self) -> None:
        while not self.done.wait(0.1):
            resident = 0
            for entry in filter(str.isdigit, os.listdir("/proc")):
                try:
                    fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[3]) == self.session:
                    self.of[entry] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                    resident += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
            self.memory = max(self.memory, resident)

    def stop(self) -> float:
        self.done.set()
        self.thread.join()
        return sum(self.of.values())


def kill_executor(session: int, seconds: float) -> None:
    """Kills one executor of a session after some seconds, or as soon as there is one."""
    time.sleep(seconds)
    while True:
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                of_session = (
                    int(pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[3]) == session
                )
                command = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes()
            except OSError:
                continue
            if of_session and b"CoarseGrainedExecutorBackend" in command and b"java" in command.split(b"\0")[0]:
                os.kill(int(entry), signal.SIGKILL)
                print(f"killed executor {entry}", flush=True)
                return
        time.sleep(0.2)


def run(command: list, name: str, also: list = (), kill_after: float | None = None) -> str:
    """Runs a command in a session of its own; tells its time and CPU, and returns what it printed."""
    start = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, start_new_session=True, text=True)
    watched = [Usage(process.pid), *(Usage(pid) for pid in also)]
    if kill_after is not None:
        threading.Thread(target=kill_executor, args=(process.pid, kill_after), daemon=True).start()
    out, _ = process.communicate()
    seconds = time.monotonic() - start
    cpu = sum(usage.stop() for usage in watched)
    memory = sum(usage.memory for usage in watched) / 2**20
    print(
        f"{name}: {seconds:.1f} s, {cpu:.1f} s of CPU, at most {memory:.0f} MiB in all processes (code {process.returncode})",
        flush=True,
    )
    assert process.returncode in (0, 3)
    return out


def shuffles(events: pathlib.Path) -> None:
    """Tells how many bytes and rows each stage handed to a shuffle."""
    stages: dict = {}
    for path in sorted(path for path in events.rglob("*") if path.is_file() and not path.name.startswith(".")):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if event.get("Event") == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                written = event["Task Metrics"]["Shuffle Write Metrics"]
                of = stages.setdefault(event["Stage ID"], [0, 0])
                of[0] += written["Shuffle Bytes Written"]
                of[1] += written["Shuffle Records Written"]
    for stage, (size, rows) in sorted(stages.items()):
        if rows:
            print(f"  stage {stage}: {size} bytes of shuffle in {rows} rows")


def digests(folder: pathlib.Path) -> dict:
    names = (path for path in folder.rglob("*.jsonl") if path.parent.name != "_doublon")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in names}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--engine", choices=["sail", "spark"], required=True)
    parser.add_argument("--partitions", default="8")
    parser.add_argument("--batch", default="4096")
    parser.add_argument("--single-threads", default="2")
    parser.add_argument("--kill-after", type=float)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        single = [pathlib.Path(sys.executable).with_name("doublon"), "clean", *args.files, "--out", folder / "one"]
        run([*single, "--quiet", "--threads", args.single_threads], "one machine")
        os.environ["PYSPARK_PYTHON"] = sys.executable
        job = [sys.executable, "-m", "doublon.cluster", *args.files, "--out", folder / "out", "--quiet"]
        job += ["--partitions", args.partitions, "--batch", args.batch]
        if args.engine == "sail":
            server, flags = serve(folder / "log", start_new_session=True)
            try:
                told = run([*job, *flags], "sail", [server.pid])
            finally:
                server.terminate()
                server.wait()
        else:
            (folder / "events").mkdir()
            logged = f"--conf spark.eventLog.enabled=true --conf spark.eventLog.compress=false --conf spark.eventLog.dir=file://{folder}/events"
            os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-memory 4g {logged} pyspark-shell"
            master = "local[2]" if args.kill_after is None else "local-cluster[2,1,1024]"
            told = run([*job, "--master", master], "spark", kill_after=args.kill_after)
            shuffles(folder / "events")
        print(told.strip())
        assert digests(folder / "out") == digests(folder / "one"), "the clean files differ"
        rows = pyarrow.parquet.read_table(folder / "out" / "_doublon" / "removed").num_rows
        print(f"the same files, {rows} documents removed")


main()
