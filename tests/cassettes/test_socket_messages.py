import pytest

from viewer.cassettes.socket_messages import SocketMessage, close_code, socket_bodies
from viewer.types.http import SocketFrame


def test_each_side_has_a_body_and_frames_tell_how_lines_are_read():
    messages = [
        SocketMessage(is_sent=True, content=b'{"a":\r\n1}', at_s=0.5),
        SocketMessage(is_sent=False, content=b"Ol\xc3\xa1"),
        SocketMessage(is_sent=False, content=b"\x00\xff", is_binary=True),
        SocketMessage(is_sent=False, content=b'{"b":1}', is_binary=True),
        SocketMessage(is_sent=False, content={"c": 1}),
        SocketMessage(is_sent=True, content="AP8=", is_binary=True),
    ]
    bodies = socket_bodies(messages)
    assert bodies.sent == b'{"a": 1}\n"AP8="\n'
    assert bodies.received == '"Olá"\n"AP8="\n{"b":1}\n{"c":1}\n'.encode()
    assert bodies.frames == (
        SocketFrame(is_sent=True, at_s=0.5),
        SocketFrame(is_sent=False, is_quoted=True),
        SocketFrame(is_sent=False, is_binary=True, is_quoted=True),
        SocketFrame(is_sent=False, is_binary=True),
        SocketFrame(is_sent=False),
        SocketFrame(is_sent=True, is_binary=True, is_quoted=True),
    )


# RFC 6455, section 7.4: 1005, 1006 and 1015 never stand in a close frame, 1004 is reserved.
@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999])
def test_a_code_that_endpoints_send_is_kept(code):
    assert close_code(code) == code


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 5000, None, "1000", True, 1000.0, [], 10**30])
def test_any_other_code_is_unknown(code):
    assert close_code(code) is None
