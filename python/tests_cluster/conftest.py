"""One engine for all tests: DOUBLON_ENGINE says which, `sail` or `spark`. The package is the one that is installed."""

import os
import sys

import pytest
from sail import serve

ENGINE = os.environ.get("DOUBLON_ENGINE", "sail")


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """Flags of the command that choose the engine."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    if ENGINE == "spark":
        yield ["--master", "local[2]"]
        return
    server, flags = serve(tmp_path_factory.mktemp("sail") / "log")
    try:
        yield flags
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def spark(engine):
    from doublon.cluster.__main__ import session

    made = session(engine[1] if engine[0] == "--master" else None, engine[1] if engine[0] == "--remote" else None, 3)
    yield made
    made.stop()
