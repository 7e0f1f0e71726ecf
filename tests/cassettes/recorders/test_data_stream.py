"""Synthetic data streams of the AI SDK, saved to a file."""

import pytest

import viewer

BODY = (
    'f:{"messageId":"m"}\n'
    'g:"Hm."\n'
    '0:"Olá"\n'
    '0:" mundo"\n'
    'e:{"finishReason":"stop","usage":{"promptTokens":7,"completionTokens":2}}\n'
    'd:{"finishReason":"stop","usage":{"promptTokens":7,"completionTokens":2}}\n'
)


def test_lines_of_a_code_and_json_are_a_stream():
    loaded = viewer.load(BODY.encode())
    [stream] = loaded.streams
    assert (loaded.format, stream.protocol, loaded.problems) == ("data-stream", "ai-sdk", [])
    assert (stream.text(), stream.text("reasoning"), stream.finish_reason) == ("Olá mundo", "Hm.", "stop")
    assert (stream.usage.input, stream.usage.output) == (7, 2)


def test_a_stream_that_is_cut_off_is_read_up_to_there():
    [stream] = viewer.load(BODY.encode()[:40]).streams
    assert stream.text() == "Olá"
    assert not stream.complete


@pytest.mark.parametrize("text", ['0:"a"\n', "a: 1\nb: 2\n", '0:["$","div"]\n1:"x"\n', '9:"x"\n0:"y"\n'])
def test_similar_text_is_not_recognised(text):
    with pytest.raises(viewer.CassetteError):
        viewer.load(text.encode())
