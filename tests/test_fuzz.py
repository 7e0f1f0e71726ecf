"""Every damaged recording is opened and redacted, or refused with a `CassetteError`, within a CPU time limit.

Each finding has its own test here. For longer runs, use `scripts/fuzz SECONDS SEED` and `scripts/fuzz --redact SECONDS SEED`.
"""

import pytest

import viewer
from tests.support.fuzzing import MAX_CPU_S, damaged, recordings, use
from tests.support.fuzzing_outputs import TOKEN, damaged_with_token, redact_and_write
from viewer.cassettes.loose_events import loose_events

EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'
END = b"data: [DONE]\n\n"
ROUNDS = 400
REDACTION_ROUNDS = 16
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
    _run_rounds(files, damaged, use, ROUNDS)


@pytest.mark.process
def test_a_damaged_recording_is_redacted_in_every_format_or_refused_quickly(files):
    _run_rounds(files, damaged_with_token, redact_and_write, REDACTION_ROUNDS)


def test_a_token_that_redaction_leaves_is_noticed(monkeypatch):
    monkeypatch.setattr("tests.support.fuzzing_outputs.redact", lambda cassette, _options: (cassette, []))
    with pytest.raises(AssertionError, match="the token is left"):
        redact_and_write(EVENT.replace(b"hi", TOKEN) + END)


def _run_rounds(files, damage, use_damaged, rounds):
    """Fail at the first exception, and at the first round that takes too long. How many rounds run does not depend on the machine."""
    for number in range(rounds):
        name, data = damage(number, SEED, files)
        try:
            cpu_s = use_damaged(data)
        except Exception as error:  # noqa: BLE001 - any exception is a fault
            pytest.fail(f"round {number} of seed {SEED!r}, made of {name}: {error!r}")
        assert cpu_s < MAX_CPU_S, f"round {number} of seed {SEED!r}, made of {name}, took {cpu_s:.1f} s"
