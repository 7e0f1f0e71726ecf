"""When each call in the session of an agent began and how long it took. Other recordings are tested with their agents."""

from viewer.conversation.call_times import DecodedInteraction, length_of, starts_of
from viewer.types.http import Interaction, Moment, Request, Response
from viewer.types.sessions import CallPlace


def test_in_a_session_a_call_begins_with_what_it_was_given_and_ends_with_its_last_line():
    def at(second):
        return Moment(1_700_000_000.0 + second, 0.001)

    days = 3 * 86_400.0
    places = [CallPlace(0, 0, at(5), at(7), at(8)), CallPlace(), CallPlace(0, 1, at(days), None, at(days + 2))]
    decoded = [DecodedInteraction(Interaction(Request(), Response()), None, place) for place in places]
    starts, lengths = starts_of(decoded), [length_of(one) for one in decoded]
    assert [(one.value, one.grade) for one in starts] == [(0.0, "stamped"), (None, None), (days - 5, "stamped")]
    assert [(one.value, one.low, one.high) for one in lengths] == [(3.0, 1.0, 3.0), (None, None, None), (2.0, 0.0, 2.0)]
