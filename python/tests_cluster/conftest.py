"""One engine for all tests: DOUBLON_ENGINE says which, `sail` or `spark`. The package is the one that is installed."""

import os
import pathlib
import socket
import subprocess
import sys
import time

import pytest

ENGINE = os.environ.get("DOUBLON_ENGINE", "sail")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """Flags of the command that choose the engine."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    if ENGINE == "spark":
        yield ["--master", "local[2]"]
        return
    port = free_port()
    log = tmp_path_factory.mktemp("sail") / "log"
    command = [
        pathlib.Path(sys.executable).parent / "sail",
        "spark",
        "server",
        "--ip",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with log.open("w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        for _ in range(600):
            with socket.socket() as caller:
                if caller.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield ["--remote", f"sc://127.0.0.1:{port}"]
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def spark(engine):
    from doublon.cluster.__main__ import session

    made = session(engine[1] if engine[0] == "--master" else None, engine[1] if engine[0] == "--remote" else None, 3)
    yield made
    made.stop()
