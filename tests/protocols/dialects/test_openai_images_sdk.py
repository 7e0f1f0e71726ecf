"""OpenAI images: random streams of generation and editing, against the official SDK."""

import json

import httpx
import openai
from hypothesis import given, settings
from hypothesis import strategies as st

import viewer

IMAGE = {"b64_json": "iVBORw0KGgo=", "background": "opaque", "created_at": 1760000000, "output_format": "png"}
IMAGE |= {"quality": "low", "size": "1024x1024"}
COUNTS = st.integers(0, 999)


@st.composite
def streams(draw):
    family = draw(st.sampled_from(["image_generation", "image_edit"]))
    partials = range(draw(st.integers(0, 3)))
    events = [{"type": f"{family}.partial_image", "partial_image_index": index, **IMAGE} for index in partials]
    texts, images, outputs = draw(COUNTS), draw(COUNTS), draw(COUNTS)
    usage = {"input_tokens": texts + images, "output_tokens": outputs, "total_tokens": texts + images + outputs}
    usage["input_tokens_details"] = {"text_tokens": texts, "image_tokens": images}
    ends = [
        {"type": f"{family}.completed", **IMAGE, "usage": usage},
        {"error": {"message": "Too many", "code": "limit"}},
    ]
    return [*events, draw(st.sampled_from(ends))]


def received(body):
    """The events that the SDK gives to its caller, and the message of the error that it raises."""
    answer = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body)
    )
    events, error = [], None
    with (
        httpx.Client(transport=answer) as http,
        openai.OpenAI(api_key="none", http_client=http, max_retries=0) as client,
    ):
        try:
            if b"image_edit" in body:
                events += client.images.edit(prompt="?", image=b"png", stream=True)
            else:
                events += client.images.generate(prompt="?", stream=True)
        except openai.APIError as raised:
            error = raised.message
    return events, error


@settings(max_examples=15)
@given(streams())
def test_what_the_sdk_gives_is_read(payloads):
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in payloads).encode()
    events, error = received(body)

    stream = viewer.load(body).streams[0]

    texts = stream.chunks[stream.chunks["kind"] == "other"]["text"].tolist()
    indices = [event.partial_image_index for event in events if event.type.endswith("partial_image")]
    whole = [event for event in events if event.type.endswith("completed")]
    names = [*(f"partial image {index}" for index in indices), *(["image"] * len(whole))]
    assert [text.split(",")[0] for text in texts] == names
    assert (stream.error and stream.error.message, stream.complete) == (error, not error)
    for event in whole:
        usage = event.usage
        assert (stream.usage.input, stream.usage.output, stream.usage.total, stream.usage.image_input) == (
            usage.input_tokens,
            usage.output_tokens,
            usage.total_tokens,
            usage.input_tokens_details.image_tokens,
        )
