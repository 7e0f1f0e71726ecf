# ruff: noqa: S311 - no secrets
from random import Random

import pytest

from tests.support.playables import playable
from viewer.playback.delivery import delivery_of
from viewer.playback.fault_grammar import parse_fault
from viewer.playback.faults import faulted
from viewer.types.http import Request

EVENTS = [b'data: {"n":%d}\n\n' % number for number in range(5)]
DUE_S = [0.1, 0.2, 0.3, 0.4, 0.5]
RECORDED = delivery_of(playable(EVENTS, due_s=DUE_S))
# Events 1 to 3 arrived together.
GROUPED = delivery_of(playable([EVENTS[0], b"".join(EVENTS[1:4]), EVENTS[4]], due_s=[0.1, 0.2, 0.5]))
GROUPED = GROUPED.__class__(
    GROUPED.status, GROUPED.headers, GROUPED.headers_s, GROUPED.pieces, event_ends=RECORDED.event_ends
)


def with_fault(text, delivery=RECORDED, seed=1, url="https://h/v1/chat/completions"):
    return faulted(delivery, parse_fault(text), Random(seed), Request("POST", url))


def due(delivery):
    return [round(piece.due_s, 9) for piece in delivery.pieces]


def test_a_cut_at_an_event_sends_the_events_before_it_at_their_times():
    cut = with_fault("cut-at-event=2")
    assert cut.is_cut
    assert cut.has_headers
    assert cut.body == b"".join(EVENTS[:2])
    assert due(cut) == DUE_S[:2]
    assert cut.event_ends == RECORDED.event_ends


def test_a_cut_divides_events_that_arrived_together():
    cut = with_fault("cut-at-event=3", GROUPED)
    assert [piece.data for piece in cut.pieces] == [EVENTS[0], b"".join(EVENTS[1:3])]
    assert due(cut) == [0.1, 0.2]


@pytest.mark.parametrize("text", ["cut-at-event=0", "cut-at-byte=0"])
def test_a_cut_at_the_begin_sends_the_headers_alone(text):
    cut = with_fault(text)
    assert (cut.is_cut, cut.has_headers, cut.pieces) == (True, True, ())


def test_a_cut_behind_the_last_event_leaves_only_the_end_of_the_response_out():
    cut = with_fault("cut-at-event=5")
    assert cut.is_cut
    assert cut.body == RECORDED.body


def test_a_cut_at_a_byte_may_fall_within_an_event():
    cut = with_fault("cut-at-byte=20")
    assert cut.is_cut
    assert cut.body == RECORDED.body[:20]


def test_a_cut_at_the_headers_sends_nothing():
    cut = with_fault("cut-at-headers")
    assert (cut.is_cut, cut.has_headers, cut.pieces) == (True, False, ())


@pytest.mark.parametrize("text", ["cut-at-event=6", "cut-at-byte=9999", "stall-at-event=5", "malformed-at-event=5"])
def test_a_response_that_ends_before_the_fault_is_unchanged(text):
    assert with_fault(text) is RECORDED


def test_a_stall_delays_the_event_and_all_after_it():
    stalled = with_fault("stall-at-event=2,for=5")
    assert due(stalled) == [0.1, 0.2, 5.3, 5.4, 5.5]
    assert stalled.body == RECORDED.body
    assert stalled.headers_s == RECORDED.headers_s


def test_a_stall_within_events_that_arrived_together_sends_the_first_of_them():
    stalled = with_fault("stall-at-event=2,for=5", GROUPED)
    assert [piece.data for piece in stalled.pieces] == [EVENTS[0], EVENTS[1], b"".join(EVENTS[2:4]), EVENTS[4]]
    assert due(stalled) == [0.1, 0.2, 5.2, 5.5]


def test_a_stall_without_a_time_has_no_end():
    assert due(with_fault("stall-at-event=4"))[4] == float("inf")


def test_a_stall_at_the_headers_delays_everything():
    stalled = with_fault("stall-at-headers,for=2")
    assert stalled.headers_s == RECORDED.headers_s + 2
    assert due(stalled) == [2.1, 2.2, 2.3, 2.4, 2.5]


def test_slow_multiplies_all_times():
    slow = with_fault("slow=4")
    assert due(slow) == [0.4, 0.8, 1.2, 1.6, 2.0]
    assert slow.headers_s == pytest.approx(0.4)


def test_split_packets_have_at_most_the_given_size_and_keep_their_times():
    split = with_fault("split=7")
    sizes = [len(piece.data) for piece in split.pieces]
    assert max(sizes) <= 7
    assert len(set(sizes)) > 3
    assert split.body == RECORDED.body
    by_time = dict.fromkeys(DUE_S, b"")
    for piece in split.pieces:
        by_time[piece.due_s] += piece.data
    assert [*by_time.values()] == EVENTS


def test_joined_events_are_sent_when_the_last_of_them_is_due():
    joined = with_fault("join=2")
    assert [piece.data for piece in joined.pieces] == [b"".join(EVENTS[:2]), b"".join(EVENTS[2:4]), EVENTS[4]]
    assert due(joined) == [0.2, 0.4, 0.5]


def test_joining_more_events_than_there_are_sends_one_packet():
    joined = with_fault("join=9")
    assert [piece.data for piece in joined.pieces] == [RECORDED.body]
    assert due(joined) == [0.5]


def test_a_malformed_event_leaves_the_others_whole():
    broken = with_fault("malformed-at-event=3", GROUPED)
    assert broken.body.startswith(b"".join(EVENTS[:3]))
    assert broken.body.endswith(b"\n\n" + EVENTS[4])
    assert broken.body != RECORDED.body
    assert broken.event_ends[-1] == len(broken.body)


def test_a_status_is_answered_at_once_with_an_error_instead_of_the_recording():
    refused = with_fault("status=429,retry-after=7")
    assert refused.status == 429
    assert ("retry-after", "7") in refused.headers
    assert ("content-type", "application/json") in refused.headers
    assert due(refused) == [0.0]
    assert b"cassette-viewer was asked for status=429,retry-after=7" in refused.body
    assert not refused.is_cut


def test_faults_can_follow_each_other():
    both = with_fault("cut-at-event=2", with_fault("malformed-at-event=1"))
    assert both.is_cut
    assert both.body.startswith(EVENTS[0])
    assert len(both.body) == both.event_ends[1]
    assert due(with_fault("slow=2", with_fault("stall-at-event=4,for=1"))) == [0.2, 0.4, 0.6, 0.8, 3.0]


@pytest.mark.parametrize("text", ["split=5", "malformed-at-event=2"])
def test_the_same_seed_gives_the_same_bytes(text):
    assert with_fault(text, seed=3) == with_fault(text, seed=3)
    assert len({with_fault(text, seed=seed).pieces for seed in range(20)}) > 1


@pytest.mark.parametrize(
    "text", [*("cut-at-event=0", "cut-at-byte=0", "split=2", "join=3", "slow=2", "stall-at-headers")]
)
def test_a_response_without_a_body_has_faults_too(text):
    empty = delivery_of(playable([b""], due_s=[0.1]))
    assert with_fault(text, empty).body == b""
