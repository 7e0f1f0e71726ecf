"""An index of recordings in an S3 bucket (moto's server): the tables equal those of the same files in a folder."""

import contextlib
import io
import os
import pickle
import re
import socket
import subprocess
import sys
import time
import zipfile

import boto3
import fsspec
import pytest

from tests.conftest import ROOT
from viewer.cli.main import main
from viewer.files.buckets import remote_members
from viewer.files.entries import Member
from viewer.files.folders import members
from viewer.library.index import write_index

pytestmark = pytest.mark.process

EVENTS = b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\ndata: [DONE]\n\n'
KEY, SECRET = "the-key-of-the-test", "the-secret-of-the-test"


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, EVENTS % name.encode())
    return packed.getvalue()


FILES = {
    # A shard ends at 079.sse.
    **{f"{number:03}.sse": EVENTS % b"text %d" % number for number in range(70, 85)},
    "mappings/a.json": b'{"request": {"url": "/v1"}, "response": {"status": 200, "bodyFileName": "b.txt"}}',
    "__files/b.txt": EVENTS % b"beside",
    "odd/100% of + & #1?a=b [ü].sse": EVENTS % b"odd",
    "more.zip": zipped("x.sse", "y.sse"),
    "broken.json": b'{"a": 1}',
    "empty.sse": b"",
    "README.md": b"#",
}


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@contextlib.contextmanager
def moto(log):
    """Run moto's server and yield its address."""
    with (
        log.open("wb") as written,
        subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], stdout=written, stderr=written
        ) as server,
    ):
        try:
            deadline = time.monotonic() + 60
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield found[0]
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """Environment variables that point programs to moto's server."""
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FSSPEC_"))}
    with moto(tmp_path_factory.mktemp("moto") / "log") as address:
        yield {
            **kept,
            "AWS_CONFIG_FILE": nowhere,
            "AWS_SHARED_CREDENTIALS_FILE": nowhere,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_MAX_ATTEMPTS": "1",
            "FSSPEC_S3_ENDPOINT_URL": address,
            "NO_PROXY": "127.0.0.1",
        }


@pytest.fixture(scope="module")
def bucket(surroundings):
    """A client of the bucket `recorded`. This process and those it starts use moto's server too."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        # fsspec reads its variables when it is imported, which has happened already.
        patch.setenv("AWS_ENDPOINT_URL_S3", surroundings["FSSPEC_S3_ENDPOINT_URL"])
        client = boto3.client("s3")
        client.create_bucket(Bucket="recorded")
        # Folders as the AWS console makes them, and a neighbour whose name begins the same.
        put(client, {"recordings/": b"", "recordings/folder/": b"", "recordings-old/z.sse": EVENTS % b"old"})
        put(client, {f"recordings/{name}": content for name, content in FILES.items()})
        yield client
        client.close()
        fsspec.get_filesystem_class("s3").clear_instance_cache()


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The tables of the same files in a folder."""
    folder = tmp_path_factory.mktemp("local")
    for name, content in FILES.items():
        path = folder / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    *_, last = write_index(members(folder / "source"), folder / "tables")
    assert (last.done, last.unreadable) == (21, 2)
    assert len(list((folder / "tables" / "streams").iterdir())) > 1
    return files_of(folder / "tables")


def put(client, files):
    for name, content in files.items():
        client.put_object(Bucket="recorded", Key=name, Body=content)


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def index(source, folder, environment, *arguments):
    line = [sys.executable, "-m", "viewer", "index", source, "--to", str(folder), *arguments]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("processes", [1, 2])
def test_a_bucket_gives_the_tables_of_a_folder(tables, tmp_path, processes):
    *_, last = write_index(remote_members("s3://recorded/recordings"), tmp_path, processes=processes)
    assert files_of(tmp_path) == tables
    assert last.read == 21


@pytest.mark.usefixtures("bucket")
def test_unchanged_recordings_in_a_bucket_are_not_read_again(tables, tmp_path):
    list(write_index(remote_members("s3://recorded/recordings"), tmp_path))
    *_, last = write_index(remote_members("s3://recorded/recordings/"), tmp_path)
    assert last.read == 0
    assert files_of(tmp_path) == tables


@pytest.mark.usefixtures("bucket")
def test_several_machines_write_the_same_tables(tables, tmp_path, dask_cluster):
    list(write_index(remote_members("s3://recorded/recordings"), tmp_path / "tables", executor=dask_cluster))
    assert files_of(tmp_path / "tables") == tables


@pytest.mark.usefixtures("bucket")
def test_the_command_takes_keys_and_endpoint_from_the_environment(surroundings, tables, tmp_path):
    done = index("s3://recorded/recordings", tmp_path, surroundings, "--processes", "1")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "21 recordings: 21 read, 0 unchanged; 2 cannot be shown" in done.stderr
    assert files_of(tmp_path) == tables


def test_an_unreachable_bucket_is_reported_in_one_line_without_keys(surroundings, tmp_path):
    with_password = f"http://someone:{SECRET}@127.0.0.1:{free_port()}"
    done = index("s3://recorded/recordings", tmp_path, {**surroundings, "FSSPEC_S3_ENDPOINT_URL": with_password})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cassette-viewer: s3://recorded/recordings: cannot be listed (")
    assert done.stderr.count("\n") == 1
    assert not re.search(f"{KEY}|{SECRET}|someone|Traceback", done.stderr)
    assert files_of(tmp_path) == {}


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("s3://nowhere/recordings", "cannot be listed (FileNotFoundError: The specified bucket does not exist)."),
        ("s3://recorded/nowhere", "there is nothing at this address."),
        ("s3://recorded/record", "there is nothing at this address."),
    ],
)
def test_an_empty_address_is_reported_in_one_line_and_the_tables_stay(tmp_path, capsys, address, why):
    list(write_index(remote_members("s3://recorded/recordings-old"), tmp_path))
    before = files_of(tmp_path)
    assert main(["index", address, "--to", str(tmp_path), "--processes", "1"]) == 2
    assert capsys.readouterr() == ("", f"cassette-viewer: {address}: {why}\n")
    assert files_of(tmp_path) == before


@pytest.mark.usefixtures("bucket")
def test_nothing_sent_to_another_process_contains_keys(monkeypatch):
    monkeypatch.setitem(fsspec.config.conf, "s3", {"key": KEY, "secret": SECRET})
    found = list(remote_members("s3://recorded/recordings"))
    assert not re.search(f"{KEY}|{SECRET}", repr(found))
    sent = pickle.dumps(found)
    assert KEY.encode() not in sent
    assert SECRET.encode() not in sent
    [odd] = [one for one in pickle.loads(sent) if isinstance(one, Member) and one.name.startswith("odd/")]  # noqa: S301
    assert odd.read().data == EVENTS % b"odd"


def test_recordings_added_by_another_program_are_found(bucket):
    put(bucket, {"growing/a.sse": EVENTS % b"a"})
    assert [one.name for one in remote_members("s3://recorded/growing")] == ["a.sse"]
    put(bucket, {"growing/b.sse": EVENTS % b"b"})
    assert [one.name for one in remote_members("s3://recorded/growing")] == ["a.sse", "b.sse"]


def test_keys_that_look_the_same_get_unique_names(bucket):
    put(bucket, {"twice/a//x.sse": EVENTS % b"one", "twice/a/x.sse": EVENTS % b"two", "twice//a/x.sse": EVENTS % b"0"})
    found = list(remote_members("s3://recorded/twice"))
    assert [one.name for one in found] == ["a/x.sse", "a/x.sse (2)", "a/x.sse (3)"]
    assert [one.read().data for one in found] == [EVENTS % b"0", EVENTS % b"one", EVENTS % b"two"]


def test_a_recording_deleted_after_listing_is_unreadable(bucket, tmp_path):
    put(bucket, {"fleeting/a.sse": EVENTS % b"a", "fleeting/b.sse": EVENTS % b"b"})
    found = list(remote_members("s3://recorded/fleeting"))
    bucket.delete_object(Bucket="recorded", Key="fleeting/a.sse")
    *_, last = write_index(found, tmp_path)
    assert (last.done, last.unreadable) == (2, 1)
