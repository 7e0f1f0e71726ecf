"""Every damaged recording is opened, or refused with a `CassetteError`, within a CPU time limit.

Each finding has its own test here. For longer runs, use `scripts/fuzz SECONDS SEED`.
"""

import time

import pytest

import viewer
from tests.support.fuzzing import MAX_CPU_S, damaged, recordings, use
from viewer.cassettes.loose_events import loose_events

EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'
END = b"data: [DONE]\n\n"
LENGTH_S = 15
SEED = "tests"


def test_thousands_of_end_markers_without_a_stream_are_not_thousands_of_streams():
    """Found in rounds a:1376, b:925, b:3034 and c:2926: each marker became its own stream and took a millisecond."""
    assert loose_events(EVENT + END * 2000 + EVENT) == [EVENT + END, EVENT]
    assert loose_events(END * 2000) == [END]
    assert len(viewer.load(b"interactions:\n- x: [\n" + END * 2000).streams) == 1


@pytest.fixture(scope="module")
def files():
    return recordings()


def test_there_are_recordings_to_damage(files):
    assert len(files) > 12


@pytest.mark.process
def test_a_damaged_recording_opens_or_is_refused_quickly(files):
    end = time.monotonic() + LENGTH_S
    rounds = 0
    while time.monotonic() < end:
        name, data = damaged(rounds, SEED, files)
        try:
            cpu_s = use(data)
        except Exception as error:  # noqa: BLE001 - any exception is a fault
            pytest.fail(f"round {rounds} of seed {SEED!r}, made of {name}: {error!r}")
        assert cpu_s < MAX_CPU_S, f"round {rounds} of seed {SEED!r}, made of {name}, took {cpu_s:.1f} s"
        rounds += 1
    assert rounds > 100
