"""Recordings at an address, with fsspec's in-memory file system."""

import io
import zipfile

import fsspec
import pytest
from fsspec.registry import known_implementations

from viewer.cli.commands import index as command
from viewer.files.buckets import is_address, remote_members
from viewer.files.entries import FolderLimits, Member, Refused, Skipped
from viewer.files.folders import members
from viewer.library.index import write_index
from viewer.streams.loading import open_recording
from viewer.types.problems import CassetteError

EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
FILES = {
    "a.sse": EVENTS,
    "mappings/a.json": b'{"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "b.txt"}}',
    "__files/b.txt": EVENTS,
    "README.md": b"#",
    ".git/config": b"#",
}


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, EVENTS)
    return packed.getvalue()


@pytest.fixture
def bucket():
    files = fsspec.filesystem("memory")
    for name, content in {**FILES, "more.zip": zipped("x.sse", "y.sse")}.items():
        files.pipe(f"/bucket/{name}", content)
    yield "memory://bucket"
    files.rm("/bucket", recursive=True)


def test_recordings_at_an_address_are_found_like_those_in_a_folder(bucket):
    found = list(remote_members(bucket))
    read = [one for one in found if isinstance(one, Member)]
    assert [one.name for one in read] == ["a.sse", "mappings/a.json", "more.zip/x.sse", "more.zip/y.sse"]
    for member in read:
        content = member.read()
        assert open_recording(content.data, member.name, content.beside).streams[0].text() == "hi"
    assert {one.name for one in found if isinstance(one, Skipped)} == {".git/config", "README.md", "__files/b.txt"}


def test_an_address_of_one_file_is_that_file(bucket):
    assert [one.name for one in remote_members(f"{bucket}/a.sse")] == ["a.sse"]


def test_limits_hold_at_an_address_too(bucket):
    refused = [one for one in remote_members(bucket, FolderLimits(member_bytes=50)) if isinstance(one, Refused)]
    assert all("(limit member_bytes: 50)" in one.reason for one in refused)
    *_, last = remote_members(bucket, FolderLimits(members=2))
    assert "(limit members: 2)" in last.reason


def test_an_address_with_no_files_is_reported(bucket):
    with pytest.raises(CassetteError, match="there is nothing at this address"):
        list(remote_members(f"{bucket}/nowhere"))


@pytest.mark.parametrize(
    "address",
    ["nosuch://someone:hidden@server/a", "nosuch://server/a?X-Amz-Signature=hidden", "memory://someone:hidden@server"],
)
def test_credentials_of_an_address_appear_in_no_message(address):
    with pytest.raises(CassetteError) as raised:
        list(remote_members(address))
    assert "hidden" not in str(raised.value)
    assert "someone" not in str(raised.value)
    assert "://server" in str(raised.value)


def test_the_signature_of_an_address_is_not_part_of_a_name(bucket):
    fsspec.filesystem("memory").pipe("/bucket/a.sse?X-Amz-Signature=hidden", EVENTS)
    [found] = remote_members(f"{bucket}/a.sse?X-Amz-Signature=hidden")
    assert found.name == "a.sse"
    assert found.read().data == EVENTS
    assert "hidden" not in repr(found)


def test_a_missing_package_for_an_address_is_named(monkeypatch):
    monkeypatch.setitem(known_implementations, "lacking", {"class": "lacking.Files", "err": "Install x"})
    with pytest.raises(CassetteError, match=r"needs a package .*Install x.*cassette-viewer\[corpus\]"):
        list(remote_members("lacking://server/a"))


def test_an_address_gives_the_same_tables_as_a_folder_with_the_same_files(bucket, tmp_path):
    for name, content in FILES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    fsspec.filesystem("memory").rm("/bucket/more.zip")
    list(write_index(remote_members(bucket), tmp_path / "remote"))
    list(write_index(members(tmp_path / "source"), tmp_path / "local"))
    remote, local = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / where).rglob("*.parquet"))}
        for where in ("remote", "local")
    )
    # A recording at an address asks for its bodies by the same names.
    assert remote == local


@pytest.mark.parametrize(
    ("source", "is_one"), [("s3://a/b", True), ("memory://a", True), ("a/b", False), ("C:\\a", False)]
)
def test_addresses_are_recognised(source, is_one):
    assert is_address(source) == is_one


def test_the_command_takes_an_address(bucket, tmp_path):
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([bucket, "--to", str(tmp_path), "--processes", "1"])) == 0
    assert len(list((tmp_path / "streams").iterdir())) >= 1
