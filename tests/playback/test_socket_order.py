import json

import pytest

import viewer
from viewer.playback.socket_events import read_event
from viewer.playback.socket_order import answered_by

AUDIO = {"type": "input_audio_buffer.append", "audio": "AAAA"}
USER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]}
SPOKEN = {**USER, "content": [{"type": "input_audio"}]}
ASSISTANT, OUTPUT = {"type": "message", "role": "assistant"}, {"type": "function_call_output"}


def events(messages):
    return [read_event(json.dumps({"type": one} if isinstance(one, str) else one)) for one in messages]


def create(item):
    return {"type": "conversation.item.create", "item": item}


def added(item):
    return {"type": "conversation.item.added", "item": item}


# Each message of the server with how many of the client's come before it, by the events that OpenAI and Google describe.
@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (
            [
                "session.update",
                create(USER),
                "response.create",
                create(OUTPUT),
                "response.create",
            ],
            [
                ("session.created", 0),
                ("session.updated", 1),
                (added(USER), 2),
                ("response.created", 3),
                (added(SPOKEN), 3),
                (added(ASSISTANT), 3),
                ("response.done", 3),
                (added(OUTPUT), 4),
                ("response.created", 5),
                ("response.done", 5),
            ],
        ),
        (
            ["session.update", AUDIO, AUDIO, AUDIO],
            [
                ("session.created", 0),
                ("session.updated", 1),
                ("input_audio_buffer.speech_started", 2),
                ("input_audio_buffer.speech_stopped", 4),
                ("input_audio_buffer.committed", 4),
                ("response.created", 4),
            ],
        ),
        (["response.create"], [("response.created", 1), ("response.output_text.delta", 1), ("response.completed", 1)]),
        (
            [
                {"setup": {}},
                {"clientContent": {"turns": []}},
                {"client_content": {"turn_complete": True}},
                {"toolResponse": {}},
                {"realtimeInput": {"text": "x"}},
            ],
            [
                ({"setupComplete": {}}, 1),
                ({"toolCall": {}}, 3),
                ({"serverContent": {}}, 4),
                ({"usageMetadata": {}}, 4),
                ({"serverContent": {"turnComplete": True}}, 4),
                ({"serverContent": {}}, 5),
            ],
        ),
        (
            [{"setup": {}}, {"realtimeInput": {"audio": {"data": "AAAA"}}}],
            [({"setupComplete": {}}, 1), ({"serverContent": {}}, 2)],
        ),
    ],
    ids=["realtime", "voice detection", "responses", "live", "live audio"],
)
def test_what_a_message_answers_is_taken_from_the_protocol(sent, received):
    assert answered_by(events([one for one, _ in received]), events(sent)) == [count for _, count in received]


def test_nothing_is_known_of_another_protocol():
    assert answered_by(events(["hello", {"say": 1}]), events(["hi"])) is None


def test_by_the_protocol_no_recorded_session_comes_before_what_it_answers(shared):
    """The order in real recordings: a rule that demanded more than came before would be wrong."""
    checked = 0
    for path in sorted((shared / "corpus" / "other-ws-yaml").rglob("*.yaml")):
        interaction = viewer.load(path).interactions[0]
        sent, received = (
            [read_event(line) for line in side.body.splitlines()]
            for side in (interaction.request, interaction.response)
        )
        frames = [frame for connection in interaction.connections for frame in connection.frames]
        counts = [sum(one.is_sent for one in frames[:place]) for place, frame in enumerate(frames) if not frame.is_sent]
        needs = answered_by(received, sent)
        late = [
            (path.name, event.kind, need, count)
            for event, need, count in zip(received, needs, counts, strict=True)
            if need > count
        ]
        assert not late
        checked += len(needs)
    assert checked > 1000
