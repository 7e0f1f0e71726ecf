"""Indices that the columns of the chunk table cannot hold."""

import json

import pytest

import viewer
from viewer.protocols.indices import next_index, valid_index
from viewer.types.chunk_table import MAX_INDEX


@pytest.mark.parametrize("value", [None, "1", 1.0, -1, MAX_INDEX + 1, 10**30, [], {}])
def test_a_value_that_is_not_an_index_becomes_the_default(value):
    assert valid_index(value) == 0
    assert valid_index(value, 3) == 3
    assert valid_index(value, MAX_INDEX + 5) == MAX_INDEX


@pytest.mark.parametrize("value", [0, 1, MAX_INDEX])
def test_a_valid_index_is_kept(value):
    assert valid_index(value, 3) == value


def test_the_next_index_stops_at_the_largest():
    assert next_index([]) == 0
    assert next_index(range(7)) == 7
    assert next_index(range(MAX_INDEX + 9)) == MAX_INDEX


def test_more_tool_calls_than_the_column_can_number_share_the_last_index():
    calls = [{"type": "tool_use", "id": str(number), "name": "f"} for number in range(MAX_INDEX + 3)]
    events = ({"type": "content_block_start", "index": int(call["id"]), "content_block": call} for call in calls)
    stream = viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]
    assert (len(stream.chunks), len(stream.tool_calls)) == (MAX_INDEX + 3, MAX_INDEX + 1)
    assert stream.chunks["tool"].max() == MAX_INDEX
