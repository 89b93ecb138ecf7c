"""What a job has written between its steps, so that one that failed can go on."""

import json
import os
import pathlib
import secrets
import shutil
from collections.abc import Callable

import pyarrow
import pyarrow.parquet


class Steps:
    """A folder with the results of steps, each of which has a mark when it is whole.

    Results belong to an identity: what was read and with which settings. Those of another one are dropped. All steps compare
    texts by one secret seed, which is therefore kept too, for the owner of the folder alone.
    """

    def __init__(self, folder: str, identity: str, resume: bool) -> None:
        self._folder = folder
        state = pathlib.Path(folder, "job.json")
        known = json.loads(state.read_text()) if resume and state.is_file() else {}
        if known.get("identity") != identity:
            known = {"identity": identity, "secret": secrets.randbits(64)}
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            with open(os.open(state, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                json.dump(known, file)
        self.secret: int = known["secret"]

    def path(self, name: str) -> str:
        """Returns where the table of a step is, or is to be."""
        return f"{self._folder}/{name}.parquet"

    def written(self, name: str, write: Callable[[str], object]) -> str:
        """Returns where the table of a step is, which `write` writes if it is not there as a whole."""
        path, mark = self.path(name), pathlib.Path(self._folder, f"{name}.done")
        if not mark.is_file():
            shutil.rmtree(path, ignore_errors=True)
            write(path)
            mark.touch()
        return path

    def table(self, name: str, make: Callable[[], pyarrow.Table]) -> pyarrow.Table:
        """Returns the table of a step that is made on the driver."""
        made = self.written(name, lambda path: pyarrow.parquet.write_table(make(), path))
        return pyarrow.parquet.read_table(made)
