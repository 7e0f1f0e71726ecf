import json

import pytest

import viewer
from tests.conftest import SAMPLES

LONG = "The answer explains at length what was found, and where. " * 5


def body(text, *, tools=0, error=None):
    """The body of a stream of OpenAI."""
    calls = [{"index": at, "id": f"call_{at}", "function": {"name": "run", "arguments": "{}"}} for at in range(tools)]
    events = [{"choices": [{"index": 0, "delta": {"content": text, "tool_calls": calls}}]}]
    events += [{"error": {"message": error}}] if error else []
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"


def entry(reply, asked="Explain it.", **request):
    asks = {"messages": [{"role": "user", "content": asked}], **request}
    return {
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "postData": {"text": json.dumps(asks)},
        },
        "response": {"status": 200, "content": {"mimeType": "text/event-stream", "text": reply}},
    }


def first(*entries):
    return viewer.load(json.dumps({"log": {"version": "1.2", "entries": entries}}).encode(), "a.har").main_interaction


def test_the_longest_answer_is_shown_first():
    assert first(entry(body("Hello.")), entry(body(LONG)), entry(body("Done."))) == 1


def test_of_equally_long_answers_the_first_is_shown():
    assert first(entry(body("Hello.")), entry(body("World."))) == 0


@pytest.mark.parametrize(
    "asked",
    [
        "Generate a concise, 3-5 word title for this conversation.",
        "You are a title generator. You output ONLY a thread title.",
        "Analyze if this message starts a new topic and extract a two to three word title.",
        "A title of three words for: Is it warmer in Lima?",
        "Summarize this coding conversation in under 50 characters.",
    ],
)
def test_a_title_is_not_shown_before_a_call_that_only_calls_tools(asked):
    assert first(entry(body("Weather in Lima and Oslo"), asked), entry(body("", tools=1))) == 1


def test_an_agent_that_has_tools_and_writes_about_titles_is_no_title_maker():
    asked = "Create a pull request with a short title."
    tools = [{"type": "function", "function": {"name": "run"}}]
    assert first(entry(body("Done: pull request 7."), asked, tools=tools), entry(body("ok"))) == 0


def test_a_long_answer_about_a_title_is_shown():
    assert first(entry(body("ok")), entry(body(LONG), "Suggest a title for my book.")) == 1


def test_the_summary_with_which_an_agent_shortens_its_conversation_is_not_shown_first():
    assert first(entry(body("Done.")), entry(body(LONG), "You are a context summarization assistant.")) == 0


def test_an_error_is_shown_only_if_there_is_nothing_else():
    assert first(entry(body(LONG, error="overloaded")), entry(body("Hi."))) == 1
    assert first(entry(body(LONG, error="overloaded"))) == 0


def test_among_calls_without_text_the_most_arguments_win():
    assert first(entry(body("", tools=1)), entry(body("", tools=3))) == 1


def test_the_sample_of_an_agent_opens_on_its_final_answer():
    assert viewer.load(SAMPLES / "weather-agent_tool-calls.yaml").main_interaction == 2


# The recording, and the beginning of the answer that somebody who read it would point at.
ANSWERS = {
    "claude-agent-sdk-v0-latest": "I've received the context for the Braintrust",
    "eve-v0-latest": "Final answer from read: Researcher result",
    "strands-agent-sdk-v1-latest": "STRANDS_AGENT_STREAM_OK",
}


def test_recorded_agents_open_on_an_answer_and_not_on_a_title(cassettes):
    seen = 0
    for path, cassette in cassettes.items():
        expected = next((words for name, words in ANSWERS.items() if f"/{name}." in str(path)), None)
        if expected is not None:
            streams = {stream.interaction: stream for stream in cassette.streams}
            assert streams[cassette.main_interaction].text().startswith(expected), path
            seen += 1
    assert seen == 3
