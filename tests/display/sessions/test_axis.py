import pytest

from viewer.conversation.sessions.times import session_times
from viewer.display.sessions.axis import session_axis
from viewer.types.http import Moment
from viewer.types.sessions import CallPlace, Session, Turn


def at(second):
    return Moment(1_700_000_000.0 + second, 0.001)


def axis(*turns):
    """Return the axis of a session whose turns, each of one call, have these begins and ends."""
    calls = tuple(CallPlace(0, place, at(begin), at(end), at(end)) for place, (begin, end) in enumerate(turns))
    return session_axis(
        session_times(Session("Program", (), turns=tuple(Turn(at(a), at(b)) for a, b in turns), calls=calls))
    )


def test_a_long_wait_is_cut_and_the_rest_keeps_its_length():
    pieces = axis((0, 40), (3640, 3680)).pieces
    assert [(piece.begin_s, piece.end_s, piece.is_cut) for piece in pieces] == [
        (0, 40, False),
        (40, 3640, True),
        (3640, 3680, False),
    ]
    assert pieces[0][2:] == (0, 40)
    assert pieces[2].end - pieces[2].begin == pytest.approx(40)
    assert pieces[1].end - pieces[1].begin == pytest.approx(20)


def test_a_wait_that_is_hardly_longer_than_its_cut_is_drawn_as_it_was():
    assert [piece.is_cut for piece in axis((0, 40), (70, 110)).pieces] == [False]


def test_moments_before_inside_and_after_a_cut_stand_in_order():
    found = axis((0, 40), (3640, 3680))
    places = [found.at(second) for second in (-1, 0, 20, 40, 1840, 3640, 3660, 3680, 9999)]
    assert places == pytest.approx([0, 0, 20, 40, 50, 60, 80, 100, 100])


def test_a_session_of_waits_alone_is_not_cut_to_nothing():
    found = axis((0, 0), (60, 60))
    assert (len(found.pieces), found.end, found.at(30)) == (1, 60, 30)


def test_without_times_there_is_no_axis():
    found = session_axis(session_times(Session("Program", calls=(CallPlace(),))))
    assert (found.pieces, found.end) == ((), 0.0)
