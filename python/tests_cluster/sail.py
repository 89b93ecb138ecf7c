"""A server of Sail on this machine."""

import pathlib
import socket
import subprocess
import sys
import time


def serve(log: pathlib.Path, **given) -> tuple[subprocess.Popen, list[str]]:
    """Starts a server, and returns it with the flags of the job that choose it, once it answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    sail = pathlib.Path(sys.executable).with_name("sail")
    command = [sail, "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    with log.open("w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=file, **given)
    for _ in range(600):
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    return server, ["--remote", f"sc://127.0.0.1:{port}"]
