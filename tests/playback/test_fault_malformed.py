# ruff: noqa: S311 - no secrets
"""Clients of other projects decide what is malformed: json of Python, botocore."""

import json
from random import Random

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer

from tests.support.aws_frames import frame
from viewer.playback.fault_malformed import with_malformed_event
from viewer.wire import sse

SEEDS = range(60)


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"a":{"b":[1,"two"]}}\n\n',
        b'event: delta\r\ndata: {"a": 1}\r\nid: 7\r\n\r\n',
        b'data: {"a":\ndata: 1}\n\n',
        b"data: [DONE]\n\n",
        b'data: "text"\n\n',
        b": ping\n\n",
        b"data: 42\n\n",
    ],
)
def test_an_event_of_sse_stays_one_event_whose_data_is_no_json(event):
    for seed in SEEDS:
        broken = with_malformed_event("text/event-stream", event, Random(seed))
        following = b'data: {"next":1}\n\n'
        data = [data for data in sse.decode(broken + following).data if data is not None]
        assert len(data) == 2
        assert data[1] == b'{"next":1}'
        with pytest.raises(json.JSONDecodeError):
            json.loads(data[0])


@pytest.mark.parametrize("event", [b'{"a": 1}\n', b'{"text": "b}"}\r\n', b"\n"])
def test_a_line_of_ndjson_stays_one_line_that_is_no_json(event):
    for seed in SEEDS:
        broken = with_malformed_event("application/x-ndjson", event, Random(seed))
        with pytest.raises(json.JSONDecodeError):
            json.loads(broken)


@pytest.mark.parametrize(
    ("before", "event", "after"), [(b"", b'[{"a":1},\n', b'{"b":2}]'), (b'[{"a":1},', b'{"b":2}]', b"")]
)
def test_an_element_of_an_array_makes_it_no_json(before, event, after):
    for seed in SEEDS:
        with pytest.raises(json.JSONDecodeError):
            json.loads(before + with_malformed_event("application/json", event, Random(seed)) + after)


def test_a_frame_of_an_aws_event_stream_gets_a_wrong_checksum_and_the_next_frame_begins_where_it_did():
    event, following = frame(b'{"a":1}', "chunk"), frame(b'{"b":2}', "chunk")
    for seed in SEEDS:
        broken = with_malformed_event("application/vnd.amazon.eventstream", event, Random(seed))
        assert len(broken) == len(event)
        buffer = EventStreamBuffer()
        buffer.add_data(broken + following)
        with pytest.raises(ChecksumMismatch):
            next(iter(buffer))


def test_bytes_that_are_no_json_are_replaced():
    assert with_malformed_event("audio/mpeg", b"\x00\x01\x02", Random(1)) == b'{"'
