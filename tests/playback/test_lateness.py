"""How late the events of a played recording arrive at real clients, which run in a process of their own."""

import numpy as np
import pytest

import viewer
from tests.support.judges.lateness import lateness_s
from viewer.playback.playable import playables_of

# These tests compare times, which another process would shift.
pytestmark = pytest.mark.alone

MAX_P95_S = 0.005
ATTEMPTS = 3
"""Whatever else the machine does only makes events late, so the best run says what the server does."""


def p95_s(cassette, clients, within_s):
    """Return the best p95 of a few runs; the first that keeps the limit is enough."""
    playable = next(one for one in playables_of(cassette, None) if len(one.schedule.ends) > 10)
    best_s = np.inf
    with viewer.serve(cassette, redact=False) as server:
        for _ in range(ATTEMPTS):
            late_s = lateness_s(server.url, playable, clients, within_s)
            assert len(late_s) == clients * len(playable.schedule.ends)
            # Nothing may come before its time: that would be as wrong.
            assert late_s.min() > -0.001
            best_s = min(best_s, float(np.percentile(late_s, 95)))
            if best_s <= MAX_P95_S:
                break
    return best_s


def test_one_client_gets_events_at_their_times(seed):
    assert p95_s(seed, 1, 0) <= MAX_P95_S


def test_one_client_gets_events_at_their_measured_times(shared):
    assert p95_s(viewer.load(shared / "recorded" / "devtools-har" / "anthropic-list.har"), 1, 0) <= MAX_P95_S


@pytest.mark.parametrize("within_s", [0, 1])
def test_a_hundred_clients_get_events_at_their_times(seed, within_s):
    assert p95_s(seed, 100, within_s) <= MAX_P95_S
