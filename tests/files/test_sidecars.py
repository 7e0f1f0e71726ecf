"""Bodies in files of their own: found beside the cassette, and nowhere else."""

import hashlib
import io
import json
import re
import zipfile

import pytest

import viewer
from viewer.files.entries import Named
from viewer.files.folders import members
from viewer.files.sidecars import Directory, nothing, unpack
from viewer.types.limits import Limits

EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
# As Playwright names the body of a response.
RESOURCE = "0123456789abcdef0123456789abcdef01234567.dat"


def har(file):
    content = {"mimeType": "text/event-stream", "size": 9, "_file": file}
    response = {"status": 200, "headers": [], "content": content}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": {"method": "GET"}, "response": response}]}})


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "outside.txt").write_bytes(b"outside")
    inside = tmp_path / "inside"
    (inside / "blobs").mkdir(parents=True)
    (inside / "blobs" / "a.bin").write_bytes(b"a")
    (inside / "link").symlink_to(tmp_path / "outside.txt")
    (inside / "way").symlink_to(tmp_path)
    return inside


def test_a_file_is_found_by_the_names_that_are_there(folder):
    assert Directory(folder)("blobs/a.bin") == b"a"
    assert Directory(folder)("blobs\\a.bin") == b"a"
    assert Directory(folder / "blobs")("a.bin", "../blobs") == b"a"


@pytest.mark.parametrize(
    "name",
    ["../outside.txt", "blobs/../../outside.txt", "link", "way/outside.txt", "", ".", "blobs", "blobs/", "no", "a\0b"],
)
def test_no_name_leads_out_of_the_folder_or_through_a_link(folder, name):
    assert Directory(folder)(name) is None


def test_an_absolute_name_is_no_name_beside(folder):
    assert Directory(folder)(str(folder.parent / "outside.txt")) is None


def test_a_cassette_that_came_as_bytes_has_nothing_beside_it():
    assert nothing("a") is None


def test_a_har_archive_in_a_zip_file_finds_its_bodies_there():
    loaded = viewer.load(zipped(har__har=har(RESOURCE), **{RESOURCE.replace(".", "__"): EVENTS}), "a.zip")
    assert (loaded.format, loaded.name, loaded.streams[0].text()) == ("har", "a.zip", "hi")
    assert loaded.problems == []


def test_a_har_archive_finds_its_bodies_in_its_folder(tmp_path):
    (tmp_path / "a.har").write_text(har("b.dat"))
    (tmp_path / "b.dat").write_bytes(EVENTS)
    assert viewer.load(tmp_path / "a.har").streams[0].text() == "hi"
    loaded = viewer.load((tmp_path / "a.har").read_bytes())
    assert loaded.streams == []
    assert any("which is missing: b.dat" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(decoded_bytes=1 << 20), "limit decoded_bytes"),
        (Limits(decompression_ratio=10), "limit decompression_ratio"),
    ],
)
def test_a_zip_file_that_unpacks_to_more_than_may_be_read_is_refused(limits, said):
    with pytest.raises(viewer.CassetteError, match=said):
        viewer.load(zipped(a__sse=b" " * (18 << 20)), limits=limits)


def test_an_entry_of_a_zip_file_without_a_name_is_none():
    packed = zipped(x=b"nothing", a__sse=EVENTS)
    # Where a name begins with it, Python's reader cuts it there.
    nameless = re.sub(rb"(PK\x01\x02.{42}|PK\x03\x04.{26})x", rb"\g<1>\0", packed, flags=re.DOTALL)
    assert nameless != packed
    assert viewer.load(nameless, "a.zip").streams[0].text() == "hi"
    assert [found.name for found in members(Named(nameless, "a.zip"))]


def test_a_zip_file_of_one_cassette_opens_as_that():
    assert viewer.load(zipped(a__sse=EVENTS)).streams[0].text() == "hi"


@pytest.mark.parametrize(
    "data", [zipped(), zipped(a=EVENTS, b=EVENTS), b"PK\x03\x04broken", zipped(a=EVENTS)[:-30]], ids=range(4)
)
def test_any_other_zip_file_says_why_it_cannot_be_shown(data):
    with pytest.raises(viewer.CassetteError, match=r"a\.zip: a zip file"):
        viewer.load(data, "a.zip")


def test_a_har_archive_among_other_cassettes_is_one_of_many():
    with pytest.raises(viewer.CassetteError, match="a zip file of 2 files"):
        viewer.load(zipped(a__har=har("x"), b__yaml=EVENTS), "a.zip")


def test_a_member_that_is_damaged_is_not_there():
    data = bytearray(zipped(a__har=har(RESOURCE), **{RESOURCE.replace(".", "__"): EVENTS * 20}))
    place = data.rindex(RESOURCE.encode(), 0, data.index(b"PK\x01\x02")) + len(RESOURCE) + 12
    data[place : place + 10] = b"\0" * 10
    _, _, beside = unpack(bytes(data), "a.zip")
    assert beside(RESOURCE) is None


def test_a_seinfeld_body_is_read_from_beside_and_held_against_its_checksum(tmp_path):
    (tmp_path / "a.blobs").mkdir()
    (tmp_path / "a.blobs" / "b.bin").write_bytes(EVENTS)
    for sha256, troubles in ((hashlib.sha256(EVENTS).hexdigest(), 0), ("00", 1)):
        body = {"kind": "binary", "path": "a.blobs/b.bin", "sha256": sha256}
        entry = {"matchKey": "k", "request": {"url": "u"}, "response": {"status": 200, "headers": {}, "body": body}}
        (tmp_path / "a.json").write_text(json.dumps({"entries": [entry]}))
        loaded = viewer.load(tmp_path / "a.json")
        assert loaded.streams[0].text() == "hi"
        assert sum("has changed since" in problem.message for problem in loaded.problems) == troubles


@pytest.mark.parametrize("place", ["mappings/a.json", "mappings/chat/a.json", "a.json"])
def test_a_wiremock_body_is_read_from_its_files(tmp_path, place):
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "b.txt").write_bytes(EVENTS)
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    mapping = {"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "b.txt"}}
    (tmp_path / place).write_text(json.dumps(mapping))
    loaded = viewer.load(tmp_path / place)
    assert loaded.streams[0].text() == "hi"
    assert loaded.problems == []
