"""What a scan finds does not depend on the form in which the texts come."""

import json
import pathlib
import subprocess
import sys

import duckdb
import pandas
import polars
import pyarrow
import pytest

import doublon


def lines(found: doublon.Findings) -> list[dict]:
    """The findings without what names the source."""

    def without_source(value):
        if isinstance(value, dict):
            return {key: without_source(item) for key, item in value.items() if key not in ("source", "sources", "offset")}
        return [without_source(item) for item in value] if isinstance(value, list) else value

    return [without_source(line) for line in found]


def forms(texts: list[str]) -> dict:
    ids = list(range(len(texts)))
    table = pyarrow.table({"id": ids, "text": texts})
    large = table.set_column(1, "text", table["text"].cast(pyarrow.large_string()))
    view = table.set_column(1, "text", table["text"].cast(pyarrow.string_view()))
    dictionary = table.set_column(1, "text", table["text"].dictionary_encode())
    parts = pyarrow.concat_tables([table.slice(0, 1), table.slice(1, 2), table.slice(3)])
    return {
        "table": table,
        "large": large,
        "view": view,
        "dictionary": dictionary,
        "parts": parts,
        "batch": table.to_batches()[0],
        "stream": pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches()),
        "slice": pyarrow.table({"id": [9, *ids, 9], "text": ["x", *texts, "y"]}).slice(1, len(texts)),
        "polars": polars.DataFrame({"id": ids, "text": texts}),
        "lazy": polars.LazyFrame({"id": ids, "text": texts}),
        "pandas": pandas.DataFrame({"id": ids, "text": texts}),
        "duckdb": duckdb.from_arrow(table),
        "pairs": list(zip(ids, texts)),
        "generator": ((id, text) for id, text in zip(ids, texts)),
        "records": [{"id": id, "text": text} for id, text in zip(ids, texts)],
    }


@pytest.mark.parametrize("form", list(forms([""])))
def test_each_form_gives_the_findings_of_the_file(form, texts, jsonl):
    of_file = doublon.scan(jsonl, min_words=10)
    found = doublon.scan(forms(texts)[form], min_words=10)
    assert lines(found) == lines(of_file)
    assert found.keep == [0, 1]
    assert found.summary["removed"] == 2


def test_rows_need_no_names(texts):
    plain = doublon.scan(texts)
    column = doublon.scan(pyarrow.array(texts))
    chunked = doublon.scan(pyarrow.chunked_array([texts[:1], texts[1:]]))
    series = doublon.scan(polars.Series(texts))
    assert lines(plain) == lines(column) == lines(chunked) == lines(series)
    assert plain.keep == [0, 1]


def test_documents_have_a_row_each(texts):
    found = doublon.scan(polars.DataFrame({"id": ["a", "b", "c", "d"], "text": texts}))
    rows = polars.DataFrame(found.documents)
    assert rows["index"].to_list() == [0, 1, 2, 3]
    assert rows["id"].to_list() == ["a", "b", "c", "d"]
    assert rows["keep"].to_list() == [True, True, False, False]
    assert rows["count"].to_list() == [2, 2, 2, 2]
    assert rows["cluster"].to_list() == ["d1", "d2", "d1", "d2"]
    assert rows["kept_index"].to_list() == [None, None, 0, 1]
    assert rows["equality"].to_list() == [None, None, "words", "characters"]


def test_tables_go_to_all_peers(texts):
    documents = doublon.scan(texts).documents
    assert pyarrow.table(documents).num_rows == len(documents) == 4
    assert polars.DataFrame(documents).height == 4
    assert pandas.DataFrame.from_arrow(documents).shape[0] == 4
    assert duckdb.sql("SELECT count(*) FROM documents WHERE keep").fetchall() == [(2,)]
    assert pyarrow.schema(documents).names == documents.column_names


def test_pairs_passages_and_families_name_rows(texts):
    text = f"{texts[0]}\n\nSomething else stands here.\n\n{texts[0]}"
    found = doublon.scan([("x", text), ("y", "Nothing of it.")], pairs=True, min_words=10)
    passage = pyarrow.table(found.passages).to_pylist()[0]
    assert (passage["a_index"], passage["b_index"], passage["a_id"], passage["scope"]) == (0, 0, "x", "within")
    assert text[passage["b_char_start"] : passage["b_char_end"]] == texts[0]
    assert [row["keep"] for row in pyarrow.table(found.families).to_pylist()] == [True, False]
    pairs = pyarrow.table(doublon.scan([texts[0], texts[2]], pairs=True).pairs).to_pylist()
    assert [(pair["a_index"], pair["b_index"], pair["jaccard"]) for pair in pairs] == [(0, 1, 1.0)]


def test_what_has_no_text_is_skipped_and_stays(texts):
    table = pyarrow.table({"text": [None, texts[0], "", texts[0]]})
    found = doublon.scan(table)
    assert found.keep == [0, 1, 2]
    assert found.summary["documents"] == 4
    skipped = pyarrow.table(found.documents)["skipped"].to_pylist()
    assert skipped == ["missing_text", None, "empty", None]
    assert [row["keep"] for row in pyarrow.table(doublon.scan([None, "a", "a"]).documents).to_pylist()] == [True, True, False]


def test_bytes_that_are_no_text_are_skipped(texts):
    broken = pyarrow.array([b"a\xffb", texts[0].encode(), texts[0].encode()], pyarrow.binary()).view(pyarrow.string())
    for column in (broken, broken.dictionary_encode()):
        found = doublon.scan(pyarrow.table({"text": column}))
        assert found.keep == [0, 1]
        assert found.summary["skipped"] == {"invalid_utf8": 1}


def test_an_empty_table_has_no_findings():
    for data in ([], pyarrow.table({"text": pyarrow.array([], pyarrow.string())})):
        found = doublon.scan(data)
        assert (found.keep, len(found.documents)) == ([], 0)


def test_columns_are_chosen_by_name(texts):
    table = pyarrow.table({"url": ["u1", "u2", "u3", "u4"], "body": texts, "at": [1, 2, 3, 4]})
    found = doublon.scan(table, text_field="body", id_field="url", keep="max:at")
    assert found.keep == [2, 3]
    assert pyarrow.table(found.documents)["id"].to_pylist() == ["u1", "u2", "u3", "u4"]


@pytest.mark.parametrize("setting", ["text_field", "id_field", "keep"])
def test_a_missing_column_is_told_with_those_there_are(setting, texts):
    table = pyarrow.table({"n": [1], "text": texts[:1]})
    value = "max:nothing" if setting == "keep" else "nothing"
    with pytest.raises(doublon.SettingError, match=rf"{setting} names nothing, .* columns: n \(Int64\), text \(string\)"):
        doublon.scan(table, **{setting: value})


def test_chat_is_read_by_paths(texts):
    chats = [[{"role": "system", "content": f"You are {n}."}, {"role": "user", "content": text}] for n, text in enumerate(texts)]
    rows = [{"id": n, "messages": chat} for n, chat in enumerate(chats)]
    path = "messages[role=user].content"
    of_table = doublon.scan(pyarrow.Table.from_pylist(rows), text_field=path)
    of_records = doublon.scan(rows, text_field=path)
    assert lines(of_table) == lines(of_records)
    assert of_table.keep == [0, 1]
    assert pyarrow.table(of_table.documents)["id"].to_pylist() == ["0", "1", "2", "3"]


def test_several_fields_are_one_text(texts):
    table = pyarrow.table({"instruction": ["Say it."] * 4, "output": texts, "input": [None] * 4})
    found = doublon.scan(table, text_field=["instruction", "input?", "output"])
    assert found.keep == [0, 1]


def test_findings_are_saved_as_the_command_saves_them(tmp_path, jsonl):
    found = doublon.scan(jsonl)
    found.write_jsonl(tmp_path / "found.jsonl")
    command = [sys.executable, "-m", "doublon", "scan", str(jsonl), "--format", "json", "--quiet"]
    saved = subprocess.run(command, check=True, capture_output=True).stdout
    assert (tmp_path / "found.jsonl").read_bytes() == saved
    assert [json.loads(line) for line in saved.splitlines()] == list(found)


def test_findings_show_themselves(texts):
    found = doublon.scan(texts)
    assert repr(found) == "<doublon.Findings: 4 documents, 2 duplicates (271 bytes), 0 repeated passages>"
    assert found.html().startswith("<!DOCTYPE html>")
    assert found._repr_html_().startswith("<iframe")
    assert repr(found.pairs).startswith("<doublon.Table: 0 rows of a_index, ")


def test_findings_of_files_name_files(jsonl):
    found = doublon.scan(str(jsonl))
    rows = pyarrow.table(found.documents).to_pylist()
    assert [(row["record"], row["id"], row["keep"]) for row in rows] == [(0, "0", True), (2, "2", False), (1, "1", True), (3, "3", False)]
    assert rows[0]["source"] == str(jsonl)
    with pytest.raises(doublon.Error, match="doublon.clean writes what stays"):
        _ = found.keep


def test_several_paths_are_scanned_together(tmp_path, texts):
    paths = [tmp_path / f"{n}.txt" for n in range(4)]
    for path, text in zip(paths, texts):
        path.write_text(text)
    assert doublon.scan(paths).summary["removed"] == 2
    with pytest.raises(doublon.SettingError, match="names of files"):
        doublon.scan([str(path) for path in paths])


def test_the_result_does_not_depend_on_threads(texts):
    table = pyarrow.table({"text": texts * 50})
    one, many = (list(doublon.scan(table, threads=threads)) for threads in (1, 4))
    assert one == many


def test_hugging_face_datasets_go_in_as_they_are(texts):
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_dict({"id": [0, 1, 2, 3], "text": texts})
    found = doublon.scan(data)
    assert data.select(found.keep)["text"] == texts[:2]
    shuffled = data.select([3, 2, 1, 0])
    assert shuffled.select(doublon.scan(shuffled).keep)["id"] == [3, 2]


def test_paths_that_are_not_there_are_told(tmp_path):
    with pytest.raises(doublon.InputError, match="no such file or folder") as told:
        doublon.scan(tmp_path / "nothing")
    assert isinstance(told.value, OSError) and isinstance(told.value, doublon.Error)


@pytest.mark.parametrize("data", [5, None, {"text": ["a"]}, b"bytes", [5], [("a", 5)]])
def test_what_is_no_input_is_refused(data):
    with pytest.raises(TypeError):
        doublon.scan(data)
