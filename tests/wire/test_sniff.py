import pytest

from viewer.wire.sniff import is_event_stream


@pytest.mark.parametrize(
    "head",
    [
        b"data: x\n\n",
        b"\xef\xbb\xbfdata: x",
        b": ping\n\ndata: x",
        b"event: a\ndata: b",
        b"\n\nid: 3\ndata: b",
        b"event: a\rdata: b\r\r",
        b": ping\n\n" * 5000 + b"data: x",
        b"data: image/png;base64,iVBO",
        b"event: a data: {} event: b data: {}",
        b'error: {"code": 500}\n\n',
    ],
)
def test_text_that_begins_like_an_event_stream_is_recognised(head):
    assert is_event_stream(head)


@pytest.mark.parametrize(
    "head",
    [
        *(b"", b"id: 5\nname: x\n", b"version: 2\ninteractions:\n", b'{"data": 1}', b"database: x"),
        *(
            b"data:image/png;base64,iVBO",
            b"data:;base64,aGk=",
            b"data:,hello",
            b"data:text/plain;charset=utf-8,hi there",
        ),
        *(b"data:image/svg+xml;utf8,<svg\nid: 1>", b": x\n\ndata:image/gif;base64,R0"),
        *(b"error: {", b'error: {"a": 1}x', b"error: x\n"),
    ],
)
def test_other_text_is_not_recognised(head):
    assert not is_event_stream(head)
