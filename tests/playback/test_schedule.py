"""When each piece is sent, for each way in which a recording can know its times."""

import json

import pytest

from tests.support.recorded_exchanges import arrived, cassette_of, events, exchange
from viewer.playback.schedule import schedule_stream, schedule_whole
from viewer.types.http import Arrivals, RecordedTimes

PARTS = events("one ", "two ", "three")


def scheduled(interaction):
    stream = cassette_of(interaction).streams[0]
    return schedule_stream(stream, len(interaction.response.body))


def test_measured_events_are_sent_when_they_came_each_with_the_line_that_closes_it():
    schedule = scheduled(exchange(PARTS, times=arrived(PARTS, [0.5, 0.75, 1.5, 1.5], headers_s=0.25)))
    assert schedule.grade == schedule.known == "measured"
    assert schedule.due_s == (0.5, 0.75, 1.5)
    assert schedule.headers_s == 0.25
    # The last two came together, so they are sent together.
    assert schedule.ends == (len(PARTS[0]), len(PARTS[0] + PARTS[1]), sum(map(len, PARTS)))
    assert len(schedule.event_ends) == 4


def test_arrivals_at_the_end_of_the_payload_send_the_closing_line_along():
    ends, end = [], 0
    for part in PARTS:
        end += len(part)
        ends.append(end - 1)
    times = RecordedTimes(arrivals=Arrivals((0.1, 0.2, 0.3, 0.4), tuple(ends), since_request=True))
    assert scheduled(exchange(PARTS, times=times)).ends == tuple(end + 1 for end in ends)


def test_events_without_times_are_paced_and_it_is_said():
    schedule = scheduled(exchange(PARTS, times=RecordedTimes(headers_s=0.2)))
    assert schedule.grade == "paced"
    assert "no times are recorded, so 50 tokens/s" in schedule.known
    assert "the first event came after at least 0.200 s, which is used" in schedule.known
    assert schedule.headers_s == schedule.due_s[0] == 0.2
    assert schedule.ends[-1] == sum(map(len, PARTS))
    assert list(schedule.due_s) == sorted(schedule.due_s)


def test_a_lead_that_is_not_recorded_is_not_made_up():
    schedule = scheduled(exchange(PARTS))
    assert schedule.due_s[0] == schedule.headers_s == 0
    assert "the time before the first event is not recorded" in schedule.known


def test_a_total_is_spread_over_the_events():
    schedule = scheduled(exchange(PARTS, times=RecordedTimes(whole_s=2.0)))
    assert schedule.grade == "span"
    assert schedule.last_s == pytest.approx(2.0)
    assert "only a total is recorded" in schedule.known


def test_stamps_of_whole_seconds_are_bounds():
    chunks = [
        {"model": "m", "created": 1_700_000_000 + second, "choices": [{"index": 0, "delta": {"content": "x"}}]}
        for second in (0, 0, 1, 2, 2)
    ]
    schedule = scheduled(exchange([f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks]))
    assert schedule.grade == "bounded"
    assert "between whole seconds" in schedule.known
    assert 1 < schedule.last_s < 3


@pytest.mark.parametrize(
    ("times", "due_s", "grade"),
    [
        (RecordedTimes(whole_s=1.5, headers_s=0.5), 1.5, "measured"),
        (RecordedTimes(headers_s=0.5), 0.5, "bounded"),
        (RecordedTimes(), 0.0, "none"),
    ],
)
def test_a_whole_answer_is_sent_when_it_ended(times, due_s, grade):
    schedule = schedule_whole(times, 10)
    assert (schedule.ends, schedule.due_s, schedule.grade) == ((10,), (due_s,), grade)
    assert schedule.headers_s <= due_s
    assert schedule.note or grade == "measured"


def test_blocks_of_a_whole_answer_are_sent_as_they_came():
    arrivals = Arrivals((0.1, 0.4), (4, 10), since_request=True)
    schedule = schedule_whole(RecordedTimes(arrivals=arrivals, headers_s=0.05), 10)
    assert (schedule.ends, schedule.due_s, schedule.headers_s) == ((4, 10), (0.1, 0.4), 0.05)


def test_an_empty_answer_has_no_pieces():
    schedule = schedule_whole(RecordedTimes(headers_s=0.2), 0)
    assert (schedule.ends, schedule.due_s, schedule.headers_s, schedule.last_s) == ((), (), 0.2, 0.2)
