"""DashScope: random streams in pieces, against what the official SDK (dashscope) reads and merges, and the same streams in wholes."""

import io
import json

import requests
from dashscope.api_entities.dashscope_response import GenerationResponse
from dashscope.common.utils import _handle_http_stream_response
from dashscope.utils.message_utils import merge_single_response
from hypothesis import given, settings
from hypothesis import strategies as st

import viewer

TEXTS = st.text("ab é\n\"{'", max_size=4)
ARGUMENTS = ['{"at":"sea"}', "{}", '{"at":', ""]
COUNTS = st.integers(1, 99)


@st.composite
def messages(draw):
    """The pieces of a message: reasoning, text, then calls, each call in its order."""
    texts = [{"content": "", "reasoning_content": text} for text in draw(st.lists(TEXTS, max_size=3))]
    in_parts = draw(st.booleans())
    contents = draw(st.lists(TEXTS, max_size=4))
    texts += [{"content": [{"text": text}] if in_parts else text} for text in contents]
    for index in range(draw(st.integers(0, 2))):
        arguments = draw(st.sampled_from(ARGUMENTS))
        cut = draw(st.integers(0, len(arguments)))
        names = draw(st.sampled_from([("radar", ""), ("ra", "dar")]))
        for place, piece in enumerate((arguments[:cut], arguments[cut:])):
            function = {"name": names[place], "arguments": piece}
            call = {"index": index, "id": f"c{index}" if not place else "", "type": "function", "function": function}
            texts.append({"content": [] if in_parts else "", "tool_calls": [call]})
    return [{"role": "assistant", **text} for text in texts]


@st.composite
def streams(draw):
    """One or two choices, in events of one choice each."""
    number = draw(st.sampled_from([1, 1, 2]))
    left = {index: [*draw(messages()), {"role": "assistant", "content": ""}] for index in range(number)}
    outputs = dict.fromkeys(left, 0)
    events = []
    while waiting := [index for index in left if left[index]]:
        index = draw(st.sampled_from(waiting))
        message = left[index].pop(0)
        outputs[index] += draw(COUNTS)
        reason = "null" if left[index] else "stop"
        usage = {"input_tokens": 9, "output_tokens": outputs[index], "total_tokens": 9 + outputs[index]}
        usage["prompt_tokens_details"] = {"cached_tokens": 3}
        choice = {"index": index, "finish_reason": reason, "message": message}
        events.append({"output": {"choices": [choice]}, "usage": usage, "request_id": "q"})
    return number, events


@st.composite
def oldest_streams(draw):
    """The oldest form, which has only a text."""
    texts = [*draw(st.lists(TEXTS, max_size=5)), ""]
    usage = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    reasons = [*["null"] * (len(texts) - 1), "stop"]
    events = [{"output": {"text": text, "finish_reason": reason}} for text, reason in zip(texts, reasons, strict=True)]
    return 1, [{**event, "usage": usage, "request_id": "q"} for event in events]


def written(events):
    frames = (
        f"id:{place}\nevent:result\n:HTTP_STATUS/200\ndata:{json.dumps(event)}\n\n"
        for place, event in enumerate(events)
    )
    return "".join(frames).encode()


def merged(body, number):
    """What the SDK gives to a caller who asks for wholes: an answer after each event."""
    response = requests.Response()
    response.status_code, response.raw = 200, io.BytesIO(body)
    response.headers["content-type"] = "text/event-stream"
    so_far = {}
    for _, answer in _handle_http_stream_response(response):
        merging = GenerationResponse.from_api_response(answer)
        if merge_single_response(merging, so_far, number):
            yield json.loads(json.dumps(merging))


def texts_of(output, index=0):
    """Content, reasoning and calls of a choice."""
    if output.get("text") is not None:
        return output["text"], "", []
    message = next(choice for place, choice in enumerate(output["choices"]) if choice.get("index", place) == index)[
        "message"
    ]
    content = message.get("content") or ""
    if isinstance(content, list):
        content = "".join(part["text"] for part in content)
    functions = [(call["id"], call["function"]) for call in message.get("tool_calls") or []]
    calls = [(call_id, function["name"], function["arguments"]) for call_id, function in functions]
    return content, message.get("reasoning_content") or "", calls


def read(stream, index=0):
    calls = [(call.id, call.name, call.arguments) for call in stream.tool_calls if call.choice == index]
    return stream.text(choice=index), stream.text("reasoning", choice=index), calls


@settings(max_examples=60)
@given(streams() | oldest_streams())
def test_what_the_sdk_merges_is_read(drawn):
    number, events = drawn
    answers = list(merged(written(events), number))
    stream = viewer.load(written(events)).streams[0]
    assert (stream.protocol, stream.finish_reason, stream.complete) == ("dashscope", "stop", True)
    for index in range(number):
        assert read(stream, index) == texts_of(answers[-1]["output"], index)
    usage = answers[-1]["usage"]
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == tuple(
        usage[name] for name in ("input_tokens", "output_tokens", "total_tokens")
    )
    assert [one.message for one in stream.problems if "unknown" in one.message] == []


@settings(max_examples=40)
@given(streams().filter(lambda drawn: drawn[0] == 1) | oldest_streams())
def test_the_same_stream_in_wholes_is_read_the_same(drawn):
    number, events = drawn
    answers = list(merged(written(events), number))
    stream = viewer.load(written(answers)).streams[0]
    assert read(stream) == texts_of(answers[-1]["output"])
