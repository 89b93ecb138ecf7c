"""A saved index: made, asked, added to."""

import json
import threading

import pytest

import doublon


@pytest.fixture
def index(tmp_path, jsonl):
    index = doublon.Index(tmp_path / "seen")
    found = index.add(jsonl)
    assert found.summary["removed"] == 2
    return index


def test_an_index_says_which_texts_it_has(index, texts, tmp_path):
    assert len(index) == 2 and repr(index).endswith("seen: 2 documents>")
    match = index.query(texts[0].lower())
    assert (match["jaccard"], match["equality"], match["document"]["id"]) == (1.0, "words", 0)
    assert index.query("A text that it has not seen.") is None
    new = tmp_path / "new.jsonl"
    new.write_text(json.dumps({"id": "n", "text": texts[1]}) + "\n" + json.dumps({"text": "Something else."}) + "\n")
    found = index.against(new)
    assert (found.summary["removed"], len(index)) == (1, 2)
    index.add([new])
    assert len(index) == 3


def test_it_is_opened_again_with_its_own_settings(index, tmp_path):
    assert len(doublon.Index(tmp_path / "seen")) == 2
    assert len(doublon.Index(tmp_path / "seen", id_field="key")) == 2
    with pytest.raises(doublon.Error, match="the index was made with"):
        doublon.Index(tmp_path / "seen", threshold=0.5)
    for settings in ({"level": "all"}, {"treshold": 0.5}):
        with pytest.raises(doublon.SettingError):
            doublon.Index(tmp_path / "other", **settings)
    assert not (tmp_path / "other").exists()


def test_what_is_removed_is_new_again(index, texts):
    # A number is another id than a text of its digits.
    assert index.remove(ids=["0", "no such"]) == {"documents": 0, "unknown": ['"0"', "no such"]}
    assert index.remove(ids=[0]) == {"documents": 1, "unknown": []}
    assert index.query(texts[0]) is None and index.info["removed"] == 1
    index.compact()
    assert index.info["removed"] == 0 and index.verify() == []


def test_damage_and_missing_files_are_told(index, tmp_path):
    with pytest.raises(doublon.InputError, match="nowhere"):
        index.add(tmp_path / "nowhere")
    assert len(index) == 2
    segment = max((tmp_path / "seen").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    assert index.verify() != []


def test_threads_ask_at_once(index, texts):
    answers = []
    threads = [threading.Thread(target=lambda: answers.extend(index.query(text) for text in texts)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 32 and all(answer["jaccard"] == 1.0 for answer in answers)
