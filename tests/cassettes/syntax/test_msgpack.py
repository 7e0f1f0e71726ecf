"""MessagePack, judged by the examples and tables of its specification."""

import struct

import pytest

from viewer.cassettes.syntax.msgpack import unpack

DEPTH = 500


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\xc0", None),
        (b"\xc2", False),
        (b"\xc3", True),
        (b"\x7f", 127),
        (b"\xff", -1),
        (b"\xe0", -32),
        (b"\xcc\xff", 255),
        (b"\xcd\x01\x00", 256),
        (b"\xce\xff\xff\xff\xff", 2**32 - 1),
        (b"\xcf" + b"\xff" * 8, 2**64 - 1),
        (b"\xd0\x80", -128),
        (b"\xd1\x80\x00", -(2**15)),
        (b"\xd2\x80\x00\x00\x00", -(2**31)),
        (b"\xd3\x80" + b"\x00" * 7, -(2**63)),
        (b"\xca" + struct.pack(">f", 1.5), 1.5),
        (b"\xcb" + struct.pack(">d", 1e300), 1e300),
        (b"\xa3Ol\xff", "Ol\ufffd"),
        (b"\xd9\x04" + "Olá".encode(), "Olá"),
        (b"\xda\x00\x01a", "a"),
        (b"\xdb\x00\x00\x00\x01a", "a"),
        (b"\xc4\x02\x00\xff", b"\x00\xff"),
        (b"\xc5\x00\x01\xff", b"\xff"),
        (b"\xc6\x00\x00\x00\x01\xff", b"\xff"),
        (b"\x90", []),
        (b"\x92\x01\x91\xc0", [1, [None]]),
        (b"\xdc\x00\x01\x01", [1]),
        (b"\xdd\x00\x00\x00\x01\x01", [1]),
        (b"\x80", {}),
        (b"\x81\xa1a\x81\xa1b\x01", {"a": {"b": 1}}),
        (b"\xde\x00\x01\xa1a\x01", {"a": 1}),
        (b"\xdf\x00\x00\x00\x01\xa1a\x01", {"a": 1}),
        (b"\x82\x05\x01\x91\x01\x02", {"5": 1, "[1]": 2}),
        (b"\xd4\x05\xff", b"\xff"),
        (b"\xd6\xff\x00\x00\x00\x01", b"\x00\x00\x00\x01"),
        (b"\xd8\x05" + b"a" * 16, b"a" * 16),
        (b"\xc7\x03\x05abc", b"abc"),
        (b"\xc8\x00\x01\x05a", b"a"),
        (b"\xc9\x00\x00\x00\x01\x05a", b"a"),
    ],
)
def test_a_value_of_each_format_is_read_whole(data, value):
    assert unpack(data, DEPTH) == (value, "")


WHOLE = b"\x82\xa1a\x93\x01\xa2xy\x02\xa1b\xc3"


@pytest.mark.parametrize(
    ("size_bytes", "value"),
    [
        (0, None),
        (1, {}),
        (3, {}),
        (4, {"a": []}),
        (5, {"a": [1]}),
        (7, {"a": [1, "x"]}),
        (9, {"a": [1, "xy", 2]}),
        (11, {"a": [1, "xy", 2]}),
    ],
)
def test_a_value_that_is_cut_off_has_what_came_before(size_bytes, value):
    assert unpack(WHOLE[:size_bytes], DEPTH) == (value, "the MessagePack data is cut off")


def test_an_invalid_byte_ends_the_reading_and_is_reported_with_its_place():
    assert unpack(b"\x92\x01\xc1", DEPTH) == ([1], "the MessagePack data has an invalid byte at 2")


def test_data_after_the_value_is_reported():
    assert unpack(b"\x01\x02", DEPTH) == (1, "more data follows the MessagePack value at 1")


def test_a_length_beyond_the_end_takes_no_memory():
    for code in (b"\xdb", b"\xc6", b"\xdd", b"\xdf", b"\xc9"):
        assert unpack(code + b"\xff\xff\xff\xff", DEPTH).trouble == "the MessagePack data is cut off"


def test_nesting_beyond_the_limit_ends_the_reading():
    value, trouble = unpack(b"\x91" * 100_000 + b"\x01", DEPTH)
    assert "more than 500 levels deep" in trouble
    depth = 0
    while value:
        [value] = value
        depth += 1
    assert depth == DEPTH - 1
    assert unpack(b"\x91" * DEPTH + b"\x01", DEPTH).trouble == ""
