"""Tool calls whose input comes in pieces, whole, or both."""

from viewer.protocols.reading import Reading
from viewer.protocols.streamed_calls import StreamedCalls


def calls_of(reading):
    return [(call.id, call.name, call.arguments) for call in reading.assembled_tool_calls()]


def test_a_whole_input_adds_nothing_to_its_pieces_and_counts_without_them():
    reading = Reading()
    calls = StreamedCalls(reading)
    calls.start(0, "a", "add")
    assert calls.add_piece(1, "a", '{"n":')
    assert calls.add_piece(2, "a", "1}")
    calls.complete(3, "a", "add", '{"n": 1}')
    calls.complete(4, "b", "mul", "{}")
    calls.complete(5, "b", "mul", "{}")
    assert calls_of(reading) == [("a", "add", '{"n":1}'), ("b", "mul", "{}")]
    assert list(reading.event) == [0, 1, 2, 4]


def test_an_empty_piece_is_no_input():
    reading = Reading()
    calls = StreamedCalls(reading)
    calls.start(0, "a", "add")
    assert calls.add_piece(1, "a", "")
    calls.complete(2, "a", "add", "{}")
    assert calls_of(reading) == [("a", "add", "{}")]


def test_an_id_is_another_call_in_another_step():
    reading = Reading()
    calls = StreamedCalls(reading)
    for step in range(2):
        calls.complete(step, "a", "add", str(step))
        calls.begin_step()
    assert calls_of(reading) == [("a", "add", "0"), ("a", "add", "1")]


def test_a_piece_without_a_call_adds_nothing():
    reading = Reading()
    calls = StreamedCalls(reading)
    assert not calls.add_piece(0, "a", "{")
    calls.start(0, "a", "add")
    assert not calls.add_piece(1, "a", None)
    calls.begin_step()
    assert not calls.add_piece(2, "a", "}")
    assert list(reading.event) == [0]
