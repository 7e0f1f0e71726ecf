"""The cache, the slots and the limits that all sessions of a server share."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import fields

import pytest

from tests.conftest import ROOT
from viewer.pages.server.cache import BoundedCache
from viewer.pages.server.limits import AllLimits, ServerLimits, parse_limits
from viewer.pages.server.slots import Slots
from viewer.types.problems import CassetteError


def size(_):
    return 10


def test_a_value_is_computed_once():
    cache, computed = BoundedCache(100), []
    for _ in range(3):
        assert cache.get("key", lambda: computed.append(1) or "value", size) == "value"
    assert computed == [1]


def test_the_least_recently_used_value_goes_first_and_the_newest_stays_whatever_its_size():
    cache = BoundedCache(25)
    for key in ("a", "b", "a", "c"):
        cache.get(key, list, size)
    computed = []
    cache.get("a", lambda: computed.append("a"), size)
    cache.get("b", lambda: computed.append("b"), size)
    assert computed == ["b"]
    assert cache.size_bytes() == 20
    cache.get("large", lambda: "large", lambda _: 1_000)
    assert cache.size_bytes() == 1_000


def test_an_idle_value_is_dropped_at_the_next_use_of_the_cache():
    now_s = [0.0]
    cache = BoundedCache(100, idle_s=60, clock=lambda: now_s[0])
    cache.get("a", lambda: 1, size)
    now_s[0] = 61
    cache.get("b", lambda: 2, size)
    assert cache.size_bytes() == 10


def test_a_value_can_be_looked_for_without_computing_it():
    cache = BoundedCache(100)
    assert cache.find("a") is None
    cache.get("a", lambda: "value", lambda _: 1)
    assert cache.find("a") == "value"


def test_a_computation_may_ask_for_any_other_keys():
    cache = BoundedCache(10_000)

    def depth(number):
        return cache.get(number, lambda: depth(number - 1) + 1 if number else 0, size)

    found = []
    thread = threading.Thread(target=lambda: found.append(depth(200)), daemon=True)
    thread.start()
    thread.join(30)
    assert found == [200]


def test_nothing_is_stored_if_computing_fails():
    cache = BoundedCache(100)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 // 0, size)
    assert cache.get("key", lambda: "value", size) == "value"


def test_concurrent_callers_for_one_key_share_one_computation():
    cache, computed, got = BoundedCache(100), [], []

    def slowly():
        computed.append(1)
        time.sleep(0.2)
        return object()

    threads = [threading.Thread(target=lambda: got.append(cache.get("key", slowly, size))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert computed == [1]
    assert len(set(map(id, got))) == 1


def test_no_more_work_runs_at_once_than_the_limit_allows():
    slots, working, counts = Slots(ServerLimits(concurrent_parses=2)), [], []

    def work():
        with slots.hold("a"):
            working.append(1)
            counts.append(len(working))
            time.sleep(0.05)
            working.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(counts) == 2
    assert len(counts) == 8


def test_waiting_too_long_names_the_limit_and_takes_no_slot():
    slots = Slots(ServerLimits(concurrent_parses=1, turn_seconds=0))
    with slots.hold("a"), pytest.raises(CassetteError, match=r"\(limit concurrent_parses: 1\)"), slots.hold("b"):
        pytest.fail("two at once")
    with slots.hold("c"):
        pass


def test_work_that_fails_frees_its_slot():
    slots = Slots(ServerLimits(concurrent_parses=1, turn_seconds=0))
    with pytest.raises(ZeroDivisionError), slots.hold("a"):
        _ = 1 // 0
    with slots.hold("b"):
        pass


def test_limits_of_every_kind_are_set_by_name():
    found = parse_limits("concurrent_parses=4, events=1000 members=7")
    assert (found.server.concurrent_parses, found.reading.events, found.folders.members) == (4, 1000, 7)
    assert found.reading.depth == 500
    assert parse_limits("") == parse_limits("  ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("evnts=1", "unknown limit 'evnts'. The limits are alias_nodes, beside_bytes"),
        ("events", "must be a whole number above 0, not ''"),
        ("events=0", "not '0'"),
        ("events=1e6", "not '1e6'"),
        ("events=-1", "not '-1'"),
        ("events=²", "not '²'"),
    ],
)
def test_a_wrong_limit_is_reported(text, message):
    with pytest.raises(ValueError, match="VIEWER_LIMITS: ") as caught:
        parse_limits(text)
    assert message in str(caught.value)


@pytest.mark.process
def test_the_server_does_not_start_with_a_wrong_limit_and_says_why_in_one_line():
    environment = {**os.environ, "VIEWER_LIMITS": "evnts=1"}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("VIEWER_LIMITS: unknown limit 'evnts'. The limits are alias_nodes")
    assert "Traceback" not in done.stderr


def test_no_two_limits_have_the_same_name():
    # One variable sets them all.
    names = [one.name for part in fields(AllLimits) for one in fields(getattr(AllLimits(), part.name))]
    assert len(names) == len(set(names))
