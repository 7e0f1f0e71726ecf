from dataclasses import replace

import numpy as np
import pytest

from tests.support.streams import delta, stream_of
from viewer.display.lanes import lanes_of
from viewer.display.replay_svg.schedule import schedule_of


def timed(times, grade):
    """Return a stream whose chunks of text arrived at these times."""
    stream = stream_of(*[delta(content=f"w{number} ") for number in range(len(times))])
    t = np.append(times, times[-1])[: len(stream.columns.kind)].astype(float)
    arrival = replace(stream.columns.arrival, t=t, low=t, high=t)
    return replace(stream, columns=replace(stream.columns, arrival=arrival), timing=replace(stream.timing, grade=grade))


def test_recorded_times_play_as_recorded_and_longer_gaps_last_one_second():
    stream = timed([0, 0.5, 3.5, 4.0], "measured")
    schedule = schedule_of(stream, lanes_of(stream))
    assert schedule.appears_s.tolist() == pytest.approx([0, 0.5, 1.5, 2.0])
    assert schedule.gaps == ((0.5, 3.5),)
    assert schedule.end_s == pytest.approx(2.0)
    assert schedule.fractions(np.array([0, 0.5, 2.0, 3.5, 4.0])).tolist() == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_gaps_are_never_shortened_where_they_are_not_recorded():
    stream = timed([0, 0.5, 3.5, 4.0], "bounded")
    schedule = schedule_of(stream, lanes_of(stream))
    assert schedule.gaps == ()
    assert schedule.appears_s.tolist() == pytest.approx([0, 0.5, 3.5, 4.0])


def test_without_recorded_times_chunks_stand_by_their_number():
    stream = timed([0, 0.5, 3.5, 4.0], "paced")
    lanes = lanes_of(stream)
    schedule = schedule_of(stream, lanes)
    assert schedule.drawing.axis == "chunks"
    assert schedule.fractions(schedule.places(lanes[0].rows, stream)).tolist() == [0.25, 0.5, 0.75, 1]
