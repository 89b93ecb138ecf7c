"""The tests run against the package that is installed, never against its sources."""

import pathlib

import pytest

LEAD = (
    "The council met on Monday and agreed on the new plan for the old harbour, which had been closed for many years "
    "because nobody wanted to pay for the repair of its walls."
)
OTHER = "Three hedgehogs crossed the garden before the rain began to fall, and nobody but the cat saw them go."


@pytest.fixture
def texts() -> list[str]:
    return [LEAD, OTHER, LEAD.replace("Monday and", "Monday, and").upper(), OTHER + " "]


@pytest.fixture
def jsonl(tmp_path: pathlib.Path, texts: list[str]) -> pathlib.Path:
    import json

    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)))
    return path
