"""The examples of the guide, which print what is shown."""

import doctest
import pathlib
import re
import shutil

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def test_the_examples_of_the_guide_print_what_is_shown(tmp_path, monkeypatch):
    pytest.importorskip("datasets")
    for name in ("seed", "archive"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    monkeypatch.chdir(tmp_path)
    guide = (ROOT / "docs" / "python.md").read_text()
    names: dict = {}
    blocks = list(re.finditer(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL))
    assert len(blocks) >= 10
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for block in blocks:
        line = guide[: block.start()].count("\n") + 1
        test = doctest.DocTestParser().get_doctest(block[1], names, "docs/python.md", "docs/python.md", line)
        test.globs = names
        runner.run(test, clear_globs=False)
    assert runner.summarize(verbose=False).failed == 0
