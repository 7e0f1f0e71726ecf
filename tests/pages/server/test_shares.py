import os
import re
import stat
import sys

import pytest

from viewer.pages.server.share_places import place_at
from viewer.pages.server.shares import ShareStore, share_store, store_from

PAGE = "<!doctype html><title>gpt-4o &amp; more · a.yaml</title><p>Olá"


class Clock:
    """A clock that only tests move."""

    def __init__(self):
        self.s = 1_000_000.0

    def __call__(self):
        return self.s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["folder", "fsspec"])
def address(request, tmp_path):
    return str(tmp_path / "shares") if request.param == "folder" else f"memory://{tmp_path.name}"


@pytest.fixture
def store(address, clock):
    return ShareStore(address, now=clock)


class CountingPlace:
    """A place that records which of its methods were called."""

    def __init__(self, place):
        self.place = place
        self.calls = []

    def __getattr__(self, name):
        self.calls.append(name)
        return getattr(self.place, name)


def test_a_published_page_is_read_back_unchanged(store):
    assert store.read(store.publish(PAGE, 60)) == PAGE


def test_ids_hold_144_random_bits_in_url_safe_letters(store):
    ids = {store.publish(PAGE, 60) for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", identity) for identity in ids)


def test_a_page_is_gone_the_moment_it_expires(store, clock):
    identity = store.publish(PAGE, 60)
    clock.s += 59.9
    assert store.read(identity) == PAGE
    clock.s += 0.1
    assert store.read(identity) is None
    assert store.listing() == []


def test_a_page_that_never_expires_stays_until_it_is_deleted(store, clock):
    identity = store.publish(PAGE, None)
    clock.s += 1e9
    assert store.read(identity) == PAGE
    assert store.delete(identity)
    assert store.read(identity) is None
    assert not store.delete(identity)


def test_the_listing_has_the_newest_page_first(store, clock):
    first = store.publish(PAGE, 60)
    clock.s += 1
    second = store.publish("no title", None)
    shares = store.listing()
    assert [share.id for share in shares] == [second, first]
    assert [share.title for share in shares] == ["", "gpt-4o & more · a.yaml"]
    assert [share.published_s for share in shares] == [clock.s, clock.s - 1]
    assert [share.expires_s for share in shares] == [None, clock.s + 59]
    assert shares[1].size_bytes == len(PAGE.encode())


def test_a_sweep_deletes_only_expired_pages(store, clock):
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
def test_a_malformed_id_is_never_looked_up(store, identity, tmp_path):
    (tmp_path / "secret.page").write_text('{"title": "", "published_s": 0, "expires_s": null, "size_bytes": 1}\nx')
    assert store.read(identity) is None
    assert not store.delete(identity)
    assert (tmp_path / "secret.page").exists()


def test_an_unknown_id_has_no_page(store):
    assert store.read("A" * 24) is None


def test_files_that_are_not_pages_are_skipped(tmp_path, clock):
    store = ShareStore(tmp_path, now=clock)
    identity = store.publish(PAGE, 60)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / f"{'b' * 24}.page").write_text("not ours")
    (tmp_path / f"{'c' * 24}.page").write_text('{"title": 1}\n')
    assert [share.id for share in store.listing()] == [identity]
    assert store.read("b" * 24) is None
    assert store.sweep() == 0
    assert (tmp_path / "notes.txt").exists()


def test_an_interrupted_write_leaves_no_page(tmp_path, clock, monkeypatch):
    store = ShareStore(tmp_path, now=clock)

    def broken(_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="full"):
        store.publish(PAGE, 60)
    assert store.listing() == []
    [part] = tmp_path.iterdir()
    os.utime(part, (clock.s - 7200, clock.s - 7200))
    store.sweep()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_the_owner_of_the_folder_may_read_it(tmp_path):
    store = ShareStore(tmp_path / "shares")
    store.publish(PAGE, 60)
    [path] = (tmp_path / "shares").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_there_is_a_store_only_if_the_environment_names_one(tmp_path):
    assert store_from({}) is None
    assert store_from({"VIEWER_SHARES": " "}) is None
    store = store_from({"VIEWER_SHARES": str(tmp_path / "shares")})
    assert store.read(store.publish(PAGE, 60)) == PAGE


def test_a_url_without_fsspec_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ValueError, match=r"pip install 'cassette-viewer\[shares\]'"):
        ShareStore("s3://bucket/shares")


def test_pages_are_listed_by_their_metadata_and_each_is_read_once(address, clock):
    for _ in range(3):
        ShareStore(address, now=clock).publish(PAGE, 60)
    place = CountingPlace(place_at(address, clock))
    store = ShareStore(place, now=clock)
    first, *_ = shares = store.listing()
    assert sorted(place.calls) == ["first_line"] * 3 + ["names"]
    for _ in range(3):
        assert store.listing() == shares
        assert store.find(first.id) == first
    assert sorted(place.calls) == ["first_line"] * 3 + ["names"]
    assert store.delete(first.id)
    assert store.publish(PAGE, 60)
    place.calls.clear()
    for _ in range(3):
        assert first not in store.listing()
        assert len(store.listing()) == 3
    assert sorted(place.calls) == ["first_line", "names"]


def test_a_listing_notices_that_a_page_has_expired_without_reading_it_again(address, clock):
    place = CountingPlace(place_at(address, clock))
    store = ShareStore(place, now=clock)
    identity = store.publish(PAGE, 60)
    assert [share.id for share in store.listing()] == [identity]
    place.calls.clear()
    clock.s += 60
    assert store.listing() == []
    assert store.find(identity) is None
    assert place.calls == []


def test_a_page_deleted_by_another_process_is_forgotten_once_it_is_read(address, clock):
    store = ShareStore(address, now=clock)
    identity = store.publish(PAGE, 60)
    assert store.find(identity)
    ShareStore(address, now=clock).delete(identity)
    assert store.read(identity) is None
    assert store.find(identity) is None
    assert store.listing() == []


def test_metadata_with_the_longest_title_is_read_back(store):
    title = "\U0001f600" * 300
    identity = store.publish(f"<title>{title}</title>", 60)
    store.read(identity)
    [share] = store.listing()
    assert share.title == title[:200]


def test_the_store_of_the_server_is_built_once(address, monkeypatch):
    monkeypatch.setenv("VIEWER_SHARES", address)
    share_store.cache_clear()
    try:
        assert share_store() is share_store()
    finally:
        share_store.cache_clear()
