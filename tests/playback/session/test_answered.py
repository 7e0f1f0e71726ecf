import json

from tests.support.playables import playable
from viewer.playback.session.answered import text_until


def test_the_text_until_a_byte_is_that_of_whole_events():
    events = [
        f"data: {json.dumps({'object': 'chat.completion.chunk', 'choices': [{'index': 0, 'delta': {'content': word}}]})}\n\n".encode()
        for word in ("One ", "two ", "three")
    ]
    recorded = playable(events)
    first, second = len(events[0]), len(events[0]) + len(events[1])
    assert [text_until(recorded, sent) for sent in (0, first - 1, first, second + 5)] == ["", "", "One ", "One two "]
    assert text_until(playable(b'{"no": "stream"}', media_type="application/json"), 16) == ""
