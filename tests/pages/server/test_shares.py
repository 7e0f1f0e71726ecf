import os
import re
import stat
import sys

import pytest

from viewer.pages.server.shares import ShareStore, share_store

PAGE = "<!doctype html><title>gpt-4o &amp; more · a.yaml</title><p>Olá"


class Clock:
    """Time that moves when it is told to."""

    def __init__(self):
        self.s = 1_000_000.0

    def __call__(self):
        return self.s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["folder", "fsspec"])
def store(request, tmp_path, clock):
    place = tmp_path / "shares" if request.param == "folder" else f"memory://{tmp_path.name}"
    return ShareStore(place, now=clock)


def test_a_page_that_was_published_is_read_as_it_was(store):
    assert store.read(store.publish(PAGE, 60)) == PAGE


def test_ids_are_of_144_random_bits_in_the_letters_of_a_url(store):
    ids = {store.publish(PAGE, 60) for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", identity) for identity in ids)


def test_a_page_is_gone_the_moment_it_expires(store, clock):
    identity = store.publish(PAGE, 60)
    clock.s += 59.9
    assert store.read(identity) == PAGE
    clock.s += 0.1
    assert store.read(identity) is None
    assert store.list() == []


def test_a_page_that_never_expires_stays_until_it_is_deleted(store, clock):
    identity = store.publish(PAGE, None)
    clock.s += 1e9
    assert store.read(identity) == PAGE
    assert store.delete(identity)
    assert store.read(identity) is None
    assert not store.delete(identity)


def test_the_owner_sees_what_is_published_the_newest_first(store, clock):
    first = store.publish(PAGE, 60)
    clock.s += 1
    second = store.publish("no title", None)
    shares = store.list()
    assert [share.id for share in shares] == [second, first]
    assert [share.title for share in shares] == ["", "gpt-4o & more · a.yaml"]
    assert [share.published_s for share in shares] == [clock.s, clock.s - 1]
    assert [share.expires_s for share in shares] == [None, clock.s + 59]
    assert shares[1].size_bytes == len(PAGE.encode())


def test_a_sweep_deletes_what_has_expired_and_nothing_else(store, clock):
    gone, stays = store.publish(PAGE, 60), store.publish(PAGE, 120)
    clock.s += 60
    assert store.sweep() == 1
    assert store.sweep() == 0
    assert store.read(stays) == PAGE
    clock.s -= 60
    assert store.read(gone) is None


@pytest.mark.parametrize(
    "identity",
    [
        "",
        "..",
        "../secret",
        "a" * 23,
        "a" * 25,
        "a" * 23 + "/",
        "a" * 23 + "\n",
        "a" * 24 + "\n",
        "%2e%2e%2fsecret",
        "a" * 23 + "\0",
    ],
)
def test_what_is_no_id_is_never_looked_up(store, identity, tmp_path):
    (tmp_path / "secret.page").write_text('{"title": "", "published_s": 0, "expires_s": null, "size_bytes": 1}\nx')
    assert store.read(identity) is None
    assert not store.delete(identity)
    assert (tmp_path / "secret.page").exists()


def test_an_id_that_was_never_given_out_is_nothing(store):
    assert store.read("A" * 24) is None


def test_files_that_are_no_pages_are_passed_over(tmp_path, clock):
    store = ShareStore(tmp_path, now=clock)
    identity = store.publish(PAGE, 60)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / f"{'b' * 24}.page").write_text("not ours")
    (tmp_path / f"{'c' * 24}.page").write_text('{"title": 1}\n')
    assert [share.id for share in store.list()] == [identity]
    assert store.read("b" * 24) is None
    assert store.sweep() == 0
    assert (tmp_path / "notes.txt").exists()


def test_a_page_is_there_whole_or_not_at_all(tmp_path, clock, monkeypatch):
    store = ShareStore(tmp_path, now=clock)

    def broken(_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="full"):
        store.publish(PAGE, 60)
    assert store.list() == []
    [part] = tmp_path.iterdir()
    os.utime(part, (clock.s - 7200, clock.s - 7200))
    store.list()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_the_owner_of_the_folder_may_read_it(tmp_path):
    store = ShareStore(tmp_path / "shares")
    store.publish(PAGE, 60)
    [path] = (tmp_path / "shares").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_there_is_a_store_only_where_the_environment_names_one(tmp_path):
    assert share_store({}) is None
    assert share_store({"VIEWER_SHARES": " "}) is None
    store = share_store({"VIEWER_SHARES": str(tmp_path / "shares")})
    assert store.read(store.publish(PAGE, 60)) == PAGE


def test_a_url_without_fsspec_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ValueError, match=r"pip install 'cassette-viewer\[shares\]'"):
        ShareStore("s3://bucket/shares")
