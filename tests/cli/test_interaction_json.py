"""`docs/json-schema-1.json` judges every line, and the documentation names every field."""

import copy
import json
import re

import jsonschema
import pytest

import viewer
from tests.conftest import ROOT, SAMPLES, SEED
from tests.support.har_files import asked, entry, har
from tests.support.streams import delta
from viewer.cli.interaction_json import interaction_json

SCHEMA = json.loads((ROOT / "docs" / "json-schema-1.json").read_text(encoding="utf-8"))
DOC = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
WEATHER = SAMPLES / "weather-agent_tool-calls.yaml"


def objects_in(node):
    """Yield each schema of an object with known fields."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for value in node.values():
            yield from objects_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects_in(value)


@pytest.fixture(scope="module")
def validator():
    """The schema of the documentation, which here also refuses fields that it does not know."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    strict = copy.deepcopy(SCHEMA)
    for one in list(objects_in(strict)):
        one["additionalProperties"] = False
    return jsonschema.Draft202012Validator(strict)


@pytest.fixture
def lines_of(validator):
    def lines(source, name=None):
        cassette = viewer.load(source, name)
        written = [interaction_json(cassette, index, "file") for index in range(len(cassette.interactions))]
        for line in written:
            assert re.fullmatch(r"[ -~]+", line)
            validator.validate(json.loads(line))
        return [json.loads(line) for line in written]

    return lines


def stream_of(*payloads):
    return "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode() + b"data: [DONE]\n\n"


def test_the_documentation_names_every_field_of_the_schema():
    for one in objects_in(SCHEMA):
        for field in one["properties"]:
            assert f"`{field}`" in DOC, field
            assert re.fullmatch("[a-z][a-z0-9_]*", field)


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_every_sample_fits_the_schema(lines_of, file):
    if file.suffix != ".md":
        assert lines_of(file)


def test_the_seed_has_exact_numbers_with_bounds_grades_and_sources(lines_of):
    (seed,) = lines_of(SEED)
    assert (seed["schema"], seed["recorder"], seed["recorder_version"], seed["reply"]) == (1, "go-vcr", "2", "stream")
    assert (seed["status"], seed["protocol"], seed["provider"]) == (200, "openai-chat", "xai")
    assert seed["asked"] == {"label": "Asked", "text": "Say hi in Portuguese"}
    assert seed["text"].startswith('Oi! (That\'s "hi" in Portuguese')
    assert seed["reasoning"].startswith("First, the user asked:")
    ttft = seed["metrics"]["ttft"]
    assert (ttft["value"], ttft["high"], ttft["unit"], ttft["grade"]) == (None, None, "s", "bounded")
    # The duration that go-vcr wrote: 192518875 ns.
    assert ttft["low"] == seed["metrics"]["time_to_headers"]["value"] == 0.192518875
    assert seed["timing"]["grade"] == "bounded"
    usage = seed["usage"]
    assert (usage["input"], usage["output"], usage["reasoning"], usage["total"]) == (213, 160, 133, 373)
    assert usage["reported"]["completion_tokens"] == 27
    assert usage["checks"][0] == {
        "name": "total = prompt + completion + reasoning",
        "passed": True,
        "figures": "373 = 213 + 27 + 133",
        "off_by": 0,
    }
    assert seed["hidden_reasoning_tokens"] == 120
    assert seed["cost"]["usd"] == pytest.approx(0.00024804)
    assert seed["cost"]["is_estimate"]


def test_a_figure_that_was_not_recorded_is_null_and_says_why(lines_of):
    (line,) = lines_of(SAMPLES / "gemma-3-270m_anthropic.sse")
    assert line["timing"]["grade"] == "paced"
    for figure in line["metrics"].values():
        assert (figure["value"], figure["low"], figure["high"], figure["grade"]) == (None, None, None, None)
        assert figure["source"]
    assert line["cost"]["usd"] is None
    assert line["status"] is None


def test_errors_answers_and_tool_calls_are_told_apart(lines_of):
    refused, called, spoken, whole = lines_of(WEATHER)
    assert (refused["status"], refused["reply"]) == (429, "answer")
    assert refused["error"]["message"].startswith("Rate limit reached")
    assert refused["problems"][0]["severity"] == "error"
    assert [json.loads(call["arguments"])["city"] for call in called["tool_calls"]] == ["Lima", "Oslo"]
    assert called["finish_reason"] == "tool_calls"
    assert spoken["asked"]["label"] == "Asked with the results of weather"
    assert (whole["reply"], whole["text"], whole["timing"], whole["events"]) == (
        "answer",
        "Lima against Oslo",
        None,
        None,
    )


def test_every_choice_has_its_texts(lines_of):
    choices = [{"index": index, "delta": {"content": f"answer {index}"}} for index in (0, 1)]
    (line,) = lines_of(stream_of({**delta(content=""), "choices": choices}), "a.sse")
    assert line["text"] == "answer 0"
    assert [(other["choice"], other["text"]) for other in line["other_choices"]] == [(1, "answer 1")]


def test_what_the_recorder_measured_of_a_whole_answer_is_a_figure(lines_of):
    answer = json.dumps({"object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "Hi"}}]})
    timings = {"time": 1200, "timings": {"send": 0, "wait": 700, "receive": 500}}
    (line,) = lines_of(har(entry(asked(), answer, content_type="application/json") | timings), "a.har")
    figures = {name: (one["value"], one["low"], one["high"], one["grade"]) for name, one in line["metrics"].items()}
    assert figures == {"time_to_headers": (0.7, 0.7, 0.7, "measured"), "end_to_end": (1.2, 1.2, 1.2, "measured")}


HOSTILE = "\x1b[2J\x07\x7f\x9b1m\u202e\u2028\ud800 \ud83d\ude00"


def test_hostile_text_is_escaped_and_half_a_surrogate_pair_does_not_break_the_line(lines_of):
    body = stream_of(delta(content=HOSTILE, model=HOSTILE), {"error": {"message": HOSTILE}})
    (line,) = lines_of(body, "a.sse")
    assert line["text"] == "\x1b[2J\x07\x7f\x9b1m\u202e\u2028\ufffd 😀"
    assert line["error"]["message"] == line["text"]


def test_numbers_that_json_cannot_hold_are_null(lines_of):
    usage = '{"prompt_tokens": 3, "completion_tokens": 4, "ratio": 1e999, "large": 123456789012345678901234567890}'
    body = stream_of(delta(content="Hi")).replace(
        b"data: [DONE]", b'data: {"choices": [], "usage": %s}' % usage.encode()
    )
    (line,) = lines_of(body, "a.sse")
    assert line["usage"]["reported"]["ratio"] is None
    assert line["usage"]["input"] == 3


def test_usage_that_is_nested_too_deeply_is_left_out(lines_of):
    deep = b'{"prompt_tokens": 3, "deep": ' + b"[" * 900 + b"]" * 900 + b"}"
    body = stream_of(delta(content="Hi")).replace(b"data: [DONE]", b'data: {"choices": [], "usage": %s}' % deep)
    (line,) = lines_of(body, "a.sse")
    assert (line["text"], line["usage"]["input"], line["usage"]["reported"]) == ("Hi", 3, None)


def test_a_problem_of_the_whole_file_stands_apart(lines_of):
    event = f"data: {json.dumps(delta(content='Hi'))}\n\n"
    tree = {"calls": [{"said": f"{event}data: [DONE]\n\n"}], "made_by": 1}
    (line,) = lines_of(json.dumps(tree).encode(), "a.json")
    assert "No known recorder" in line["file_problems"][0]["message"]
    assert line["problems"] == []
