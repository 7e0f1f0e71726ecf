"""What a recorded connection becomes, by what its recorder kept."""

import json

import pytest

import viewer
from viewer.playback.playable import playables_of
from viewer.redaction import Redaction

CREATED, DELTA, DONE = (
    {"type": "session.created"},
    {"type": "response.output_text.delta", "delta": "Olá"},
    {"type": "response.done"},
)
ASK = {"type": "response.create"}


def sessions(recorded, redaction=None):
    cassette = viewer.load(json.dumps(recorded).encode(), "a.json")
    return [one for playable in playables_of(cassette, redaction) for one in playable.sessions]


def exodus(*log):
    """A session as Exodus replay records it: type, milliseconds, message."""
    entries = [{"type": kind, "at": at_ms, "data": json.dumps(data)} for kind, at_ms, data in log]
    return [{"url": "wss://api.openai.com/v1/realtime", "log": entries}]


def opencode(**frames):
    written = {
        name: [{"kind": "text", "body": json.dumps(one)} for one in messages] for name, messages in frames.items()
    }
    socket = {"transport": "websocket", "open": {"url": "wss://api.openai.com/v1/responses"}, **written}
    return {"version": 1, "interactions": [socket]}


def har(*messages, started="2026-11-22T22:45:21.000Z"):
    entry = {
        "startedDateTime": started,
        "request": {"method": "GET", "url": "wss://api.openai.com/v1/realtime", "headers": []},
        "response": {"status": 101, "headers": [], "content": {}},
        "_webSocketMessages": [
            {"type": kind, "time": time, "opcode": 1, "data": json.dumps(data)} for kind, time, data in messages
        ],
    }
    return {"log": {"version": "1.2", "entries": [entry]}}


def test_messages_have_their_recorded_times_and_those_of_the_client_before_them():
    [session] = sessions(
        exodus(("message", 6, CREATED), ("send()", 7, ASK), ("message", 21, DONE), ("send()", 30, ASK))
    )
    assert [(json.loads(one.content), one.after, one.at_s) for one in session.server] == [
        (CREATED, 0, 0.006),
        (DONE, 1, 0.021),
    ]
    assert (session.client_s, session.known) == ((0.007, 0.03), "measured")
    assert (session.close_code, session.closed_s) == (None, None)


def test_times_from_an_unknown_moment_count_from_the_first_message():
    [session] = sessions(har(("send", 1000.0, ASK), ("receive", 1000.5, DONE), started=None))
    assert ([one.at_s for one in session.server], session.client_s) == ([0.5], (0.0,))
    assert session.known == "measured; the time before the first message is not recorded"


def test_a_client_whose_times_are_not_recorded_is_said():
    [session] = sessions(har(("send", None, ASK), ("receive", 1000.5, DONE), started=None))
    assert (session.client_s, [one.at_s for one in session.server]) == ((None,), [0])
    assert session.known.endswith("when the client sent its messages is not recorded")


def test_bytes_in_which_something_was_redacted_are_served_as_what_is_left():
    secret = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 3
    recorded = exodus(("message", 6, CREATED))
    recorded[0]["log"][0]["data"] = {"type": "ArrayBuffer", "data.hex": f"\x00 key {secret} ".encode().hex()}
    [session] = sessions(recorded, Redaction())
    assert isinstance(session.server[0].content, bytes)
    assert secret.encode() not in session.server[0].content
    [kept] = sessions(recorded)
    assert kept.server[0].content == f"\x00 key {secret} ".encode()


def test_one_message_without_a_time_makes_all_times_those_of_the_stream():
    [session] = sessions(
        exodus(("message", 6, CREATED), ("send()", 7, ASK), ("message", None, DELTA), ("message", 9, DONE))
    )
    assert session.client_s == (None,)
    assert "measured" not in session.known
    assert "no times are recorded" in session.known
    due_s = [one.at_s for one in session.server]
    assert due_s[0] == 0
    assert due_s == sorted(due_s)


def test_a_time_before_the_one_before_is_not_used_to_change_the_order():
    [session] = sessions(exodus(("message", 20, CREATED), ("message", 6, DONE)))
    assert [one.at_s for one in session.server] == [0.02, 0.02]


def test_two_lists_without_order_are_ordered_by_the_protocol():
    recorded = opencode(
        client=[ASK, ASK], server=[{"type": "response.created"}, DONE, {"type": "response.created"}, DONE]
    )
    [session] = sessions(recorded)
    assert [(one.after, one.answers) for one in session.server] == [(1, 1), (1, 1), (2, 2), (2, 2)]
    assert session.known.endswith("which messages of the client came first is not recorded: taken from the protocol")


def test_two_lists_of_an_unknown_protocol_wait_for_nothing():
    [session] = sessions(opencode(client=[{"ask": 1}], server=[{"say": 1}]))
    assert [one.after for one in session.server] == [0]
    assert session.known.endswith("which messages of the client came first is not recorded: none is waited for")


def test_what_does_not_answer_a_message_of_the_client_is_known_by_the_protocol():
    [session] = sessions(
        exodus(("send()", 1, {"type": "session.update"}), ("message", 2, CREATED), ("message", 3, DELTA))
    )
    assert [(one.after, one.answers) for one in session.server] == [(1, 0), (1, 0)]


def test_all_that_metrics_only_redaction_leaves_is_served_in_the_same_messages():
    recorded = exodus(("message", 6, CREATED), ("send()", 7, ASK), ("message", 21, DELTA))
    [session] = sessions(recorded, Redaction(metrics_only=True))
    assert [json.loads(one.content)["type"] for one in session.server] == [CREATED["type"], DELTA["type"]]
    assert "Olá" not in session.server[1].content
    # What was asked is compared, and never leaves.
    assert session.client[0].value == ASK


@pytest.mark.parametrize("content", ["not the messages", ""])
def test_a_body_that_is_not_the_messages_makes_no_session(content):
    archive = har(("receive", 1000.5, DONE))
    archive["log"]["entries"][0]["response"]["content"] = {"text": content, "mimeType": "text/plain"}
    cassette = viewer.load(json.dumps(archive).encode(), "a.har")
    [playable] = playables_of(cassette, None)
    assert bool(playable.sessions) == (content == "")
    assert playable.trouble == ("" if playable.sessions else "The messages of this WebSocket cannot be told apart.")
