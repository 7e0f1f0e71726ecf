import pytest

from viewer.recorder.live.body import whole_events
from viewer.wire.framing import split_events

EVENT = b'data: {"a": 1}\n\n'


@pytest.mark.parametrize(
    ("content_type", "units"),
    [
        ("text/event-stream", [EVENT, b": comment\n\n", b"event: x\ndata: 2\n\n"]),
        ("text/event-stream", [b"data: 1\r\n\r\n", b"data: 2\r\n\r\n"]),
        # Some servers send lines of JSON under this media type.
        ("text/event-stream", [b'{"a": 1}\n', b'{"b": 2}\n', b'{"c": 3}\n']),
        ("application/x-ndjson", [b'{"a": 1}\n', b'{"b": 2}\n']),
        ("application/json", [b'[{"a": 1}', b',\n{"b": 2}', b',\n{"c": 3}']),
    ],
)
def test_no_prefix_shows_a_piece_of_an_event(content_type, units):
    body = b"".join(units)
    ends = {sum(map(len, units[:count])) for count in range(len(units) + 1)}
    wholes = {unit.strip(b"\n,[ ") for unit in units}
    for length in range(len(body) + 1):
        whole = whole_events(content_type, body[:length])
        assert body.startswith(whole)
        framed = split_events(content_type, whole)
        for event in framed.events if framed else ():
            assert whole[event.offset : event.offset + event.size].strip(b"\n,[ ") in wholes
        if length in ends and length > len(units[0]) + len(units[1]):
            assert whole.rstrip() == body[:length].rstrip()
