import json

import pytest

from viewer.playback.socket_events import difference, read_event


def event(value):
    return read_event(value if isinstance(value, str | bytes) else json.dumps(value))


@pytest.mark.parametrize(
    ("content", "kind", "media_bytes"),
    [
        ('{"type":"session.update"}', "session.update", 0),
        ('{"setup":{}}', "setup", 0),
        (b'{"setup":{}}', "setup", 0),
        ('{"type":"input_audio_buffer.append","audio":"AAAA"}', "input_audio_buffer.append", 3),
        ('{"realtimeInput":{"audio":{"data":"AAAA","mimeType":"audio/pcm"}}}', "realtimeInput", 3),
        ('{"realtime_input":{"media_chunks":[{"data":"AAAA"},{"data":"AAAA"}]}}', "realtime_input", 6),
        ('{"realtimeInput":{"text":"hello"}}', "realtimeInput", 0),
        ('{"realtimeInput":{"audioStreamEnd":true}}', "realtimeInput", 0),
        (b"\x00\xff\x01", "binary", 3),
        ("hello", "text", 0),
        ("[1]", "text", 0),
        ("{}", "text", 0),
    ],
)
def test_a_message_is_named_by_its_own_word_and_media_is_measured(content, kind, media_bytes):
    found = read_event(content)
    assert (found.kind, found.media_bytes) == (kind, media_bytes)


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [
        ({"type": "a", "event_id": "1", "x": 1}, {"x": 1, "type": "a", "event_id": "2"}),
        ({"type": "a", "item": {"id": "1", "call_id": "call_1"}}, {"type": "a", "item": {"call_id": "call_2"}}),
        ({"client_content": {"turn_complete": True}}, {"clientContent": {"turnComplete": True}}),
        ({"type": "a", "x": None}, {"type": "a"}),
        ({"type": "a", "text": "Today is 2026-01-02."}, {"type": "a", "text": "Today is 2026-11-30."}),
        (
            {"type": "a", "content": [{"type": "input_audio", "audio": "AAAA"}]},
            {"type": "a", "content": [{"type": "input_audio", "audio": "BBBB"}]},
        ),
        (
            {"type": "input_audio_buffer.append", "audio": "AAAA"},
            {"type": "input_audio_buffer.append", "audio": "BBBBBBBB"},
        ),
        (b"\x00\xff", b"\xfe"),
        ("hello", "hello"),
    ],
)
def test_ids_dates_media_and_spelling_make_no_difference(recorded, sent):
    assert difference(event(recorded), event(sent)) == ""


@pytest.mark.parametrize(
    ("recorded", "sent", "differs"),
    [
        ({"type": "a", "item": {"role": "user"}}, {"type": "a", "item": {"role": "system"}}, "item.role differs"),
        ({"type": "a", "tools": [{"name": "x"}]}, {"type": "a", "tools": [{"name": "y"}]}, "tools.0.name differs"),
        ({"type": "a", "tools": []}, {"type": "a", "tools": [1]}, "tools differs"),
        ({"type": "a"}, {"type": "a", "paid": 1}, "paid differs"),
        ({"type": "a"}, {"type": "b\x1b[31m"}, "it is b␛[31m"),
        ({"type": "a"}, "hello", "it is text"),
        ("hello", "bye", "its content differs"),
        ([1], [2], "0 differs"),
    ],
)
def test_a_difference_names_the_field_and_no_value(recorded, sent, differs):
    assert difference(event(recorded), event(sent)) == differs


def test_a_message_that_nests_without_end_is_compared_as_far_as_any_message_nests():
    deep = '{"type":"a","x":' + '{"a":' * 900 + "1" + "}" * 901
    assert difference(event(deep), event(deep.replace("1", "2"))) == ""
