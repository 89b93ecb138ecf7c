"""Takes the picture of the report that the README shows, of the page on data/seed.

    python3 scripts/report_picture.py target/release/doublon docs/images/report.png

Letters look as the fonts of the machine do: the page brings none. With Inter and Noto Serif it looks as it should.
"""

import pathlib
import subprocess
import sys
import tempfile

import chromium

doublon, picture = map(pathlib.Path, sys.argv[1:])
root = pathlib.Path(__file__).resolve().parent.parent
with tempfile.TemporaryDirectory() as folder, chromium.Browser() as browser:
    page = pathlib.Path(folder, "report.html")
    subprocess.run([doublon.resolve(), "scan", "data/seed", "--format", "html", "-q", "-o", page], cwd=root, check=True)
    browser.open(page, width=1200)
    height = browser.run("document.getElementById('groups').getBoundingClientRect().bottom + 32")
    picture.parent.mkdir(parents=True, exist_ok=True)
    browser.screenshot(picture, int(height))
