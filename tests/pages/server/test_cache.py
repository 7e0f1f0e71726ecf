"""What a server keeps for all sessions, and how many of them it works for at once."""

import io
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import fields

import pytest

from tests.conftest import ROOT
from viewer.pages.server.cache import BoundedCache
from viewer.pages.server.limits import AllLimits, ServerLimits, parse_limits
from viewer.pages.server.recordings import OpenedRecordings, add_file
from viewer.pages.server.slots import Slots
from viewer.types.problems import CassetteError


def size(_):
    return 10


def test_what_is_kept_is_made_once():
    kept, made = BoundedCache(100), []
    for _ in range(3):
        assert kept.get("key", lambda: made.append(1) or "value", size) == "value"
    assert made == [1]


def test_what_was_asked_for_longest_ago_goes_first_and_the_last_stays_whatever_its_size():
    kept = BoundedCache(25)
    for key in ("a", "b", "a", "c"):
        kept.get(key, list, size)
    made = []
    kept.get("a", lambda: made.append("a"), size)
    kept.get("b", lambda: made.append("b"), size)
    assert made == ["b"]
    assert kept.size_bytes() == 20
    kept.get("large", lambda: "large", lambda _: 1_000)
    assert kept.size_bytes() == 1_000


def test_what_nobody_asked_for_in_a_while_goes_when_anything_is_asked_for():
    now_s = [0.0]
    kept = BoundedCache(100, idle_s=60, clock=lambda: now_s[0])
    kept.get("a", lambda: 1, size)
    now_s[0] = 61
    kept.get("b", lambda: 2, size)
    assert kept.size_bytes() == 10


def test_what_fails_is_not_kept():
    kept = BoundedCache(100)
    with pytest.raises(ZeroDivisionError):
        kept.get("key", lambda: 1 // 0, size)
    assert kept.get("key", lambda: "value", size) == "value"


def test_two_who_ask_for_the_same_at_once_get_one_that_is_made_once():
    kept, made, got = BoundedCache(100), [], []

    def slowly():
        made.append(1)
        time.sleep(0.2)
        return object()

    threads = [threading.Thread(target=lambda: got.append(kept.get("key", slowly, size))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert len(set(map(id, got))) == 1


def test_no_more_work_at_once_than_the_limit_says():
    slots, working, most = Slots(ServerLimits(concurrent_parses=2)), [], []

    def work():
        with slots.hold("a"):
            working.append(1)
            most.append(len(working))
            time.sleep(0.05)
            working.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2
    assert len(most) == 8


def test_who_waits_too_long_is_told_which_limit_it_is_and_takes_no_turn():
    slots = Slots(ServerLimits(concurrent_parses=1, turn_seconds=0))
    with slots.hold("a"), pytest.raises(CassetteError, match=r"limit concurrent_parses"), slots.hold("b"):
        pytest.fail("two at once")
    with slots.hold("c"):
        pass


def test_work_that_fails_gives_its_turn_back():
    slots = Slots(ServerLimits(concurrent_parses=1, turn_seconds=0))
    with pytest.raises(ZeroDivisionError), slots.hold("a"):
        _ = 1 // 0
    with slots.hold("b"):
        pass


def test_parse_limits_every_sort_are_set_by_their_names():
    found = parse_limits("concurrent_parses=4, events=1000 members=7")
    assert (found.server.concurrent_parses, found.reading.events, found.folders.members) == (4, 1000, 7)
    assert found.reading.depth == 500
    assert parse_limits("") == parse_limits("  ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("evnts=1", "unknown limit 'evnts'. The limits are alias_nodes, beside_bytes"),
        ("events", "must be a whole number above 0, not ''"),
        ("events=0", "not '0'"),
        ("events=1e6", "not '1e6'"),
        ("events=-1", "not '-1'"),
        ("events=²", "not '²'"),
    ],
)
def test_a_limit_that_is_off_is_said(text, said):
    with pytest.raises(ValueError, match="VIEWER_LIMITS: ") as caught:
        parse_limits(text)
    assert said in str(caught.value)


def test_equal_recordings_with_other_bodies_beside_them_are_two():
    # Else one session would be shown what another has opened.
    keys = set()
    for body in ("data: 1\n\n", "data: 2\n\n"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            mapping = {"request": {"url": "/"}, "response": {"status": 200, "bodyFileName": "b.txt"}}
            archive.writestr("mappings/a.json", json.dumps(mapping))
            archive.writestr("__files/b.txt", body)
        keys |= {
            one.key for one in add_file(OpenedRecordings(), packed.getvalue(), "a.zip") if one.name.endswith("a.json")
        }
    assert len(keys) == 2


def test_the_server_does_not_start_with_a_limit_that_is_off_and_says_why_in_a_line():
    environment = {**os.environ, "VIEWER_LIMITS": "evnts=1"}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("VIEWER_LIMITS: unknown limit 'evnts'. The limits are alias_nodes")
    assert "Traceback" not in done.stderr


def test_no_two_limits_have_the_same_name():
    # One line sets them all.
    names = [one.name for part in fields(AllLimits) for one in fields(getattr(AllLimits(), part.name))]
    assert len(names) == len(set(names))


def test_what_a_session_opens_together_is_bounded():
    opened = OpenedRecordings()
    most = ServerLimits(session_bytes=100)
    assert len(add_file(opened, b"data: {}\n\n" * 6, "a.sse", most)) == 1
    assert add_file(opened, b"data: {}\n\n" * 5, "b.sse", most) == []
    [refused] = opened.refused
    assert "(limit session_bytes)" in refused.reason
    # What is there already takes no room again.
    assert len(add_file(opened, b"data: {}\n\n" * 6, "a.sse", most)) == 1
    assert len(add_file(opened, b"data: {}\n\n" * 4, "c.sse", most)) == 1
