import json

import pytest

from viewer.playback.socket_events import read_event
from viewer.playback.socket_progress import SocketProgress

UPDATE, ITEM, ASK = (
    {"type": name, "x": 1} for name in ("session.update", "conversation.item.create", "response.create")
)


def audio(data):
    return {"type": "input_audio_buffer.append", "audio": data}


def progress(*recorded):
    return SocketProgress([read_event(json.dumps(one)) for one in recorded])


def take(client, *messages):
    """Let a client send messages, one each second. Return what differs."""
    return [
        line for message in messages for line in client.take(read_event(json.dumps(message)), client.received + 1.0)
    ]


def test_the_recorded_messages_in_order_move_the_client_on():
    client = progress(UPDATE, ITEM, ASK)
    assert take(client, UPDATE, ITEM, ASK) == []
    assert (client.position, client.arrived_s, client.received, client.differences) == (3, [1, 2, 3], 3, 0)


def test_a_message_of_the_recorded_kind_stands_for_it_even_if_it_differs():
    client = progress(ITEM, ASK)
    assert take(client, {**ITEM, "x": 2}) == ["message 1 (conversation.item.create): x differs"]
    assert (client.position, client.differences) == (1, 1)


def test_a_message_that_is_left_out_is_told_and_counts_as_sent():
    client = progress(UPDATE, ITEM, ASK)
    assert take(client, ITEM) == ["session.update was recorded, and the client did not send it"]
    assert (client.position, client.arrived_s) == (2, [1, 1])


def test_the_same_message_later_is_preferred_to_another_of_its_kind():
    other = {**ITEM, "x": 2}
    client = progress(ITEM, other, ASK)
    assert take(client, other) == ["conversation.item.create was recorded, and the client did not send it"]
    assert client.position == 2


def test_one_message_more_than_recorded_does_not_move_the_client():
    client = progress(UPDATE, ASK)
    take(client, UPDATE)
    assert take(client, UPDATE) == ["session.update was not sent there when this was recorded"]
    assert client.position == 1
    assert take(client, ASK, ASK) == ["response.create was not sent there when this was recorded"]
    assert client.position == 2


def test_a_message_of_an_unknown_kind_stands_for_the_next():
    client = progress(UPDATE, ASK)
    assert take(client, {"hello": 1}) == ["message 1 (session.update): it is hello"]
    assert client.position == 1


@pytest.mark.parametrize(
    ("sent", "positions"),
    [
        (["AAAA"] * 4, [1, 2, 3, 4]),
        (["AAAAAAAA"] * 2, [2, 4]),
        (["AAAA" * 10], [4]),
        (["AA=="] * 4, [1, 2, 3, 4]),
        (["AAAA"] * 6, [1, 2, 3, 4, 4, 4]),
    ],
)
def test_audio_may_come_in_messages_of_another_size(sent, positions):
    client = progress(*[audio("AAAA")] * 4, ASK)
    found = []
    for data in sent:
        assert take(client, audio(data)) == []
        found.append(client.position)
    assert found == positions


def test_less_audio_than_recorded_is_no_difference():
    client = progress(UPDATE, audio("AAAA"), audio("AAAA"), ASK)
    assert take(client, UPDATE, audio("AAAA"), ASK) == []
    assert client.position == 4
