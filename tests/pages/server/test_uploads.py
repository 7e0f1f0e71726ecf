"""What is opened by hand is kept by the hash of its content, within limits, and listed for the browser that opened it."""

import hashlib
import io
import json
import zipfile

import pytest

from viewer.pages.server.adding import add_file
from viewer.pages.server.limits import ServerLimits
from viewer.pages.server.uploads import UploadStore

EVENT = b"data: {}\n\n"


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    allowed = ServerLimits(session_bytes=100, upload_bytes=150, upload_idle_seconds=60)
    return UploadStore(allowed, clock)


def names(store, browser):
    return [one.name for one in store.opened_by(browser)]


def test_the_key_is_the_whole_hash_of_the_content(store):
    [one] = add_file("A", EVENT, "a.sse", store).recordings
    assert one.key == hashlib.sha256(EVENT).hexdigest()
    assert store.find(one.key).member.read().data == EVENT
    assert store.find(one.key[:16]) is None


def test_another_browser_may_open_by_the_key_but_has_nothing_listed(store):
    [one] = add_file("A", EVENT, "a.sse", store).recordings
    assert names(store, "B") == []
    assert store.find(one.key).name == "a.sse"


def test_each_browser_sees_the_name_under_which_it_opened_a_file(store):
    add_file("A", EVENT, "secret project.sse", store)
    add_file("B", EVENT, "b.sse", store)
    assert (names(store, "A"), names(store, "B")) == (["secret project.sse"], ["b.sse"])


def test_a_removed_recording_is_gone_unless_another_browser_has_opened_it_too(store):
    [one] = add_file("A", EVENT, "a.sse", store).recordings
    add_file("B", EVENT, "b.sse", store)
    store.remove("A", one.key)
    assert (names(store, "A"), names(store, "B")) == ([], ["b.sse"])
    # Only who has opened it may end it.
    store.remove("C", one.key)
    assert store.find(one.key)
    store.remove("B", one.key)
    assert store.find(one.key) is None


def test_what_one_browser_opens_is_bounded_and_the_limit_is_named(store):
    assert add_file("A", EVENT * 6, "a.sse", store).recordings
    added = add_file("A", EVENT * 5, "b.sse", store)
    assert added.recordings == []
    [refused] = added.refused
    assert "(limit session_bytes: 100)" in refused.reason
    # A recording that is already open takes no more room.
    assert add_file("A", EVENT * 6, "a.sse", store).recordings
    assert add_file("A", EVENT * 4, "c.sse", store).recordings


def test_when_memory_runs_out_the_least_recently_used_goes_first(store):
    first, second = (add_file(name, EVENT * size, name, store).recordings[0] for name, size in (("A", 6), ("B", 7)))
    store.find(first.key)
    add_file("C", EVENT * 5, "c", store)
    assert store.find(first.key)
    assert store.find(second.key) is None
    assert names(store, "B") == []


def test_what_is_not_used_for_too_long_is_gone(store, clock):
    [used] = add_file("A", EVENT, "a.sse", store).recordings
    add_file("A", EVENT * 2, "b.sse", store)
    clock.now_s = 40
    store.find(used.key)
    clock.now_s = 80
    assert names(store, "A") == ["a.sse"]


def test_equal_recordings_with_different_bodies_next_to_them_are_two_recordings():
    # Otherwise one would be shown in place of the other.
    keys = set()
    store = UploadStore(ServerLimits())
    for body in ("data: 1\n\n", "data: 2\n\n"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            mapping = {"request": {"url": "/"}, "response": {"status": 200, "bodyFileName": "b.txt"}}
            archive.writestr("mappings/a.json", json.dumps(mapping))
            archive.writestr("__files/b.txt", body)
        found = add_file("A", packed.getvalue(), "a.zip", store).recordings
        keys |= {one.key for one in found if one.name.endswith("a.json")}
    assert len(keys) == 2
