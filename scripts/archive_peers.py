#!/usr/bin/env python3
"""Holds clean copies of archives and compressed files to what other programs read of them.

    archive_peers.py DOUBLON [FOLDER]

DOUBLON is the program. WARC archives and compressed JSON lines with known duplicates are written to FOLDER (or to a
temporary one) by other libraries, and cleaned. In the copy, warcio and FastWARC must find the records that were not
removed and no others, each with its own headers and bytes and right digests, and the libraries of each compression must
find the lines that stay. Needs warcio, fastwarc, zstandard and lz4.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import lz4.frame
import zstandard
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGES = 300
COPY_EVERY = 5


def texts():
    """Texts of which each fifth is one of the others once more, and the places of those that are."""
    dice = random.Random(7)
    own = [" ".join(f"w{dice.randrange(10**6)}" for _ in range(dice.randrange(30, 400))) for _ in range(PAGES)]
    copies = range(COPY_EVERY, PAGES, COPY_EVERY)
    for place in copies:
        own[place] = own[place - dice.randrange(1, COPY_EVERY)]
    return own, set(copies)


def write_warc(path, pages, packed):
    """Writes what a crawl leaves: information, then request, response, and a note of each page."""
    with open(path, "wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "archive_peers"}))
        for number, text in enumerate(pages):
            uri = f"http://example.org/{number}"
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            body = f"<html><body><p>{text}</p></body></html>".encode()
            answer = writer.create_warc_record(uri, "response", payload=io.BytesIO(body), http_headers=head)
            ask = StatusAndHeaders("GET / HTTP/1.1", [("Host", "example.org")], is_http_request=True)
            request = writer.create_warc_record(uri, "request", payload=io.BytesIO(b""), http_headers=ask)
            writer.write_request_response_pair(request, answer)


def by_warcio(path):
    """Every record as (type, address, HTTP status line, payload, its digest is right)."""
    with open(path, "rb") as file:
        return [one_record(record) for record in ArchiveIterator(file, check_digests=True)]


def one_record(record):
    payload = record.content_stream().read()
    status = record.http_headers.statusline if record.http_headers else None
    uri = record.rec_headers.get_header("WARC-Target-URI")
    return record.rec_type, uri, status, payload, record.digest_checker.passed


def by_fastwarc(path):
    """Every record as (it is a response, its headers, its bytes)."""
    with open(path, "rb") as file:
        response = WarcRecordType.response
        return [(one.record_type == response, dict(one.headers), one.reader.read()) for one in FastIterator(file)]


def check_warc(doublon, folder, packed):
    name = "crawl.warc.gz" if packed else "crawl.warc"
    pages, copies = texts()
    source = folder / name
    write_warc(source, pages, packed)
    copy = clean(doublon, source, len(copies))
    gone = {f"http://example.org/{number}" for number in copies}

    before, after = by_warcio(source), by_warcio(copy)
    expect = [one for one in before if not (one[0] == "response" and one[1] in gone)]
    assert after == expect, f"warcio reads {len(after)} records of {copy}, expected {len(expect)}"
    assert all(one[4] is not False for one in after), "a digest is wrong"

    before, after = by_fastwarc(source), by_fastwarc(copy)
    expect = [one for one in before if not (one[0] and one[1].get("WARC-Target-URI") in gone)]
    assert after == expect, f"FastWARC reads {len(after)} records of {copy}, expected {len(expect)}"
    return f"{name}: {len(after)} of {len(before)} records stay"


CODECS = {
    "gz": (gzip.compress, gzip.decompress),
    "bz2": (bz2.compress, bz2.decompress),
    "xz": (lzma.compress, lzma.decompress),
    "lz4": (lz4.frame.compress, lz4.frame.decompress),
    "zst": (zstandard.compress, lambda data: zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()),
}


def check_codec(doublon, folder, ending):
    pack, unpack = CODECS[ending]
    pages, copies = texts()
    lines = [json.dumps({"id": number, "text": text, "z": [1.50, None]}) + "\n" for number, text in enumerate(pages)]
    source = folder / f"docs.jsonl.{ending}"
    source.write_bytes(pack("".join(lines).encode()))
    copy = clean(doublon, source, len(copies))
    expect = "".join(line for number, line in enumerate(lines) if number not in copies)
    assert unpack(copy.read_bytes()).decode() == expect, f"{copy} has other lines"
    return f"{source.name}: {len(lines) - len(copies)} of {len(lines)} lines stay"


def clean(doublon, source, gone):
    """Cleans a file and returns its copy."""
    out = source.with_name(source.name + ".clean")
    subprocess.run([doublon, "clean", source, "--out", out, "--quiet"], check=True)
    removed = (out / "_doublon" / "removed.jsonl").read_text().splitlines()
    assert len(removed) == gone, f"{len(removed)} records of {source} were removed, {gone} are copies"
    return out / source.name


def check_all(doublon, folder):
    for packed in (False, True):
        print(check_warc(doublon, folder, packed))
    for ending in CODECS:
        print(check_codec(doublon, folder, ending))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if len(sys.argv) == 3:
        check_all(sys.argv[1], Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as made:
            check_all(sys.argv[1], Path(made))
