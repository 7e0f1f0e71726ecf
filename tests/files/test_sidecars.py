"""Bodies in files of their own, which are found next to the cassette and nowhere else."""

import hashlib
import io
import json
import re
import zipfile

import pytest

import viewer
from viewer.files.entries import Named
from viewer.files.folders import members
from viewer.files.sidecars import DirectorySidecars, no_sidecars
from viewer.files.zip_recording import open_zip_recording
from viewer.types.limits import Limits

EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
# How Playwright names the body of a response.
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


def test_a_file_is_found_by_the_names_in_its_folder(folder):
    assert DirectorySidecars(folder)("blobs/a.bin") == b"a"
    assert DirectorySidecars(folder)("blobs\\a.bin") == b"a"
    assert DirectorySidecars(folder / "blobs")("a.bin", "../blobs") == b"a"


@pytest.mark.parametrize(
    "name",
    ["../outside.txt", "blobs/../../outside.txt", "link", "way/outside.txt", "", ".", "blobs", "blobs/", "no", "a\0b"],
)
def test_no_name_leads_out_of_the_folder_or_through_a_link(folder, name):
    assert DirectorySidecars(folder)(name) is None


def test_an_absolute_name_finds_nothing(folder):
    assert DirectorySidecars(folder)(str(folder.parent / "outside.txt")) is None


def test_a_cassette_given_as_bytes_has_no_sidecars():
    assert no_sidecars("a") is None


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
def test_a_zip_file_that_unpacks_to_too_much_is_refused(limits, said):
    with pytest.raises(viewer.CassetteError, match=said):
        viewer.load(zipped(a__sse=b" " * (18 << 20)), limits=limits)


def test_a_zip_entry_without_a_name_is_ignored():
    packed = zipped(x=b"nothing", a__sse=EVENTS)
    # Python's reader cuts a name at its first NUL.
    nameless = re.sub(rb"(PK\x01\x02.{42}|PK\x03\x04.{26})x", rb"\g<1>\0", packed, flags=re.DOTALL)
    assert nameless != packed
    assert viewer.load(nameless, "a.zip").streams[0].text() == "hi"
    assert [found.name for found in members(Named(nameless, "a.zip"))]


def test_a_zip_file_of_one_cassette_opens_as_that_cassette():
    assert viewer.load(zipped(a__sse=EVENTS)).streams[0].text() == "hi"


@pytest.mark.parametrize(
    "data", [zipped(), zipped(a=EVENTS, b=EVENTS), b"PK\x03\x04broken", zipped(a=EVENTS)[:-30]], ids=range(4)
)
def test_any_other_zip_file_is_refused_with_the_reason(data):
    with pytest.raises(viewer.CassetteError, match=r"a\.zip: is a zip file"):
        viewer.load(data, "a.zip")


def test_a_har_archive_among_other_cassettes_is_not_a_single_recording():
    with pytest.raises(viewer.CassetteError, match="is a zip file of 2 files"):
        viewer.load(zipped(a__har=har("x"), b__yaml=EVENTS), "a.zip")


def test_a_damaged_member_counts_as_missing():
    data = bytearray(zipped(a__har=har(RESOURCE), **{RESOURCE.replace(".", "__"): EVENTS * 20}))
    place = data.rindex(RESOURCE.encode(), 0, data.index(b"PK\x01\x02")) + len(RESOURCE) + 12
    data[place : place + 10] = b"\0" * 10
    _, sidecars = open_zip_recording(bytes(data), "a.zip")
    assert sidecars(RESOURCE) is None


def test_a_seinfeld_body_is_read_from_its_file_and_checked_against_its_checksum(tmp_path):
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
def test_a_wiremock_body_is_read_from_the_files_folder(tmp_path, place):
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "b.txt").write_bytes(EVENTS)
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    mapping = {"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "b.txt"}}
    (tmp_path / place).write_text(json.dumps(mapping))
    loaded = viewer.load(tmp_path / place)
    assert loaded.streams[0].text() == "hi"
    assert loaded.problems == []
