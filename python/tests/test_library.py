"""Settings, single texts, copies, parts, progress, interrupts, and the command."""

import ast
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pyarrow
import pytest

import doublon


def test_wrong_settings_are_told_with_the_nearest_name(texts):
    for settings, message in [
        ({"treshold": 0.7}, "unknown setting treshold; did you mean threshold?"),
        ({"min_word": 5}, "did you mean min_words?"),
        ({"threshold": 2}, "threshold is 2, but it must be above 0 and at most 1"),
        ({"keep": True}, "keep is no switch"),
        ({"pairs": "yes"}, "pairs is a switch, so it must be True or False"),
        ({"glob": "*.txt"}, "there are no files"),
        ({"output": "x"}, "unknown setting output"),
    ]:
        with pytest.raises(doublon.SettingError) as told:
            doublon.scan(texts, **settings)
        assert message in str(told.value)
        assert isinstance(told.value, ValueError) and isinstance(told.value, doublon.Error)
    with pytest.raises(TypeError, match="seed must be"):
        doublon.scan(texts, seed=object())


def test_settings_are_those_of_the_command(texts):
    found = doublon.scan(texts, threshold="70%", keep="longest", fold_accents=True, level="documents", seed=None)
    parameters = found.parameters
    assert parameters["threshold"] == 0.7
    assert parameters["keep"] == "longest"
    assert parameters["text"]["fold_accents"] is True
    assert parameters["level"] == "documents"


def test_repeats_are_places_in_the_text(texts):
    text = f"Été à Pâques. {texts[0]}\n\nSomething else.\n\n{texts[0]}"
    (repeat,) = doublon.repeats(text, min_words=10)
    for side in ("a", "b"):
        place = repeat[side]
        assert text[place["start"] : place["end"]] == place["text"] == texts[0]
    assert repeat["identity"] == 1.0
    assert doublon.repeats("Nothing here.") == []


def test_two_texts_are_compared(texts):
    found = doublon.compare(texts[0], texts[2])
    assert found["jaccard"] == 1.0
    assert found["verdict"]["result"] == "removes_b"
    assert doublon.compare(texts[0], texts[1])["jaccard"] == 0.0


def test_a_deduper_takes_texts_in_parts(texts):
    dedup = doublon.Deduper(min_words=10)
    dedup.push("first", texts[0])
    dedup.push_batch(pyarrow.table({"id": [7], "text": [texts[1]]}))
    dedup.push_batch([(None, texts[2])])
    dedup.push(None, None)
    dedup.push(4, texts[3])
    assert len(dedup) == 5
    found = dedup.finish()
    assert found.keep == [0, 1, 3]
    assert pyarrow.table(found.documents)["id"].to_pylist() == ["first", "7", None, None, "4"]
    with pytest.raises(doublon.Error, match="finished"):
        dedup.push("late", texts[0])


def test_a_clean_copy_is_that_of_the_command(tmp_path, jsonl):
    done = doublon.clean(jsonl, out=tmp_path / "copy", id_field="id")
    assert (done["kept"], done["removed"], done["found"]["documents"]) == (2, 2, 4)
    command = [sys.executable, "-m", "doublon", "clean", str(jsonl), "--out", str(tmp_path / "other"), "--quiet"]
    subprocess.run(command, check=True)
    for path in (tmp_path / "other").rglob("*.jsonl"):
        assert (tmp_path / "copy" / path.relative_to(tmp_path / "other")).read_bytes() == path.read_bytes()
    with pytest.raises(doublon.Error, match="copy"):
        doublon.clean(jsonl, out=tmp_path / "copy")
    with pytest.raises(doublon.SettingError, match="out"):
        doublon.clean(jsonl)


def test_saved_findings_are_acted_on_and_a_changed_file_is_not(tmp_path, jsonl):
    doublon.scan(jsonl, level="documents").write_jsonl(tmp_path / "found.jsonl")
    done = doublon.clean(jsonl, from_=tmp_path / "found.jsonl", dry_run=True)
    assert done["removed"] == 2
    jsonl.write_text(jsonl.read_text() + '{"text": "more"}\n')
    with pytest.raises(doublon.ChangedError, match="scan again"):
        doublon.clean(jsonl, from_=tmp_path / "found.jsonl", out=tmp_path / "copy")


def test_the_stubs_name_all_that_there_is():
    stub = ast.parse(pathlib.Path(doublon.__file__).with_name("_doublon.pyi").read_text())
    functions = {node.name for node in stub.body if isinstance(node, ast.FunctionDef)}
    module = doublon._doublon
    assert functions == {name for name, value in vars(module).items() if callable(value) and not isinstance(value, type)}
    for told in (node for node in stub.body if isinstance(node, ast.ClassDef) and hasattr(module, node.name)):
        members = {node.name for node in told.body if isinstance(node, ast.FunctionDef)} - {"__init__"}
        there = {name for name in vars(getattr(module, told.name)) if name not in ("__doc__", "__module__", "__new__", "__repr__")}
        assert members == there, told.name


def many_texts(count: int) -> list[str]:
    return [" ".join(f"w{(n * 7919 + word * 104729) % 50021}" for word in range(200)) for n in range(count)]


def test_progress_is_told_and_may_end_the_work():
    told = []
    doublon.scan(many_texts(3000), progress=told.append)
    assert isinstance(told[-1], doublon.Progress)
    assert told[-1].documents == 3000 and told[-1].phase
    assert all(progress.share is None or 0 <= progress.share <= 1 for progress in told)

    class Enough(Exception):
        pass

    def stop(_progress):
        raise Enough

    with pytest.raises(Enough):
        doublon.scan(many_texts(3000), progress=stop)
    doublon.scan(many_texts(10), progress=True)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs signals")
def test_an_interrupt_is_heard_at_once():
    sent = []

    def interrupt():
        time.sleep(0.3)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    table = pyarrow.table({"text": many_texts(20000)})
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        doublon.scan(table)
    # It is some 50 ms; the whole scan would take as long as this only on a machine that is hardly one.
    assert time.monotonic() - sent[0] < 2.0


def test_other_threads_run_meanwhile():
    counted = [0]
    done = threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    before = counted[0]
    doublon.scan(many_texts(500), threads=1)
    after = counted[0]
    done.set()
    counter.join()
    assert after > before + 10


def run(*arguments: str, **options) -> subprocess.CompletedProcess:
    command = pathlib.Path(sys.executable).with_name("doublon")
    return subprocess.run([str(command), *arguments], capture_output=True, text=True, **options)


def test_the_command_comes_along(tmp_path, jsonl):
    assert run("--version").stdout == f"doublon {doublon.__version__}\n"
    scanned = run("scan", str(jsonl))
    assert scanned.returncode == 0 and "duplicate" in scanned.stdout
    assert run("scan", str(jsonl), "--fail-over", "1%").returncode == 1
    assert run("scan", str(tmp_path / "nothing")).returncode == 2
    assert run("scan", "--treshold", "1").returncode == 2
    jsonl.write_text("no json\n")
    assert run("scan", str(jsonl)).returncode == 3


def test_an_interrupt_ends_the_command():
    command = pathlib.Path(sys.executable).with_name("doublon")
    with subprocess.Popen([str(command), "scan", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130  # as the program without Python
