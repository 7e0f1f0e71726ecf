"""Google's Agent Development Kit: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def event(*parts, author="teller", **fields):
    content = {"content": {"role": "model", "parts": [*parts]}} if parts else {}
    return {"invocationId": "i", "author": author, "id": "e", **content, **fields}


def text(content, **fields):
    return {"text": content, **fields}


def call(name, identity=None, **arguments):
    return {"functionCall": {"name": name, "args": arguments, **({"id": identity} if identity else {})}}


def load(*events):
    return read("".join(f"data: {json.dumps(one)}\n\n" for one in events).replace('"@deep@"', DEEP))


def read(body):
    return viewer.load(body.encode()).streams[0]


def rows(stream):
    return list(zip(stream.chunks["kind"], stream.chunks["text"], strict=True))


def calls(stream):
    return [(one.id, one.name, one.arguments) for one in stream.tool_calls]


def test_the_whole_answer_repeats_its_pieces():
    counts = {"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 13}
    stream = load(
        event(text("Hm", thought=True), partial=True, modelVersion="gemini-x", timestamp=1770091445.25),
        event(text("Dry"), partial=True, timestamp=1770091445.5),
        event(text(" now."), partial=True, timestamp=1770091445.75),
        event(
            text("Hm", thought=True),
            text("Dry now."),
            finishReason="STOP",
            usageMetadata=counts,
            timestamp=1770091446.0,
        ),
    )
    assert (stream.protocol, stream.model, stream.text("reasoning"), stream.text()) == (
        "google-adk",
        "gemini-x",
        "Hm",
        "Dry now.",
    )
    assert (stream.usage.input, stream.usage.output, stream.usage.total) == (9, 4, 13)
    assert (stream.finish_reason, stream.complete, stream.problems, stream.timing.grade) == (
        "STOP",
        True,
        [],
        "stamped",
    )


def test_answers_that_are_not_streamed_follow_one_another():
    assert load(event(text("Dry. ")), event(text("Dry. "), author="other_agent")).text() == "Dry. Dry. "
    assert load(event(text("a"), partial=True), event(text("ab"))).text() == "ab"


def test_what_tools_and_the_user_say_is_of_kind_other():
    response = {"functionResponse": {"name": "radar", "response": {"result": "clear sky"}}}
    stream = load(
        event(text("Hi"), author="user"),
        event(call("radar", "c", km=5)),
        event(response, author="user"),
        event(text("Dry")),
    )
    assert calls(stream) == [("c", "radar", '{"km":5}')]
    assert [value for kind, value in rows(stream) if kind == "other"] == ["Hi", "clear sky"]
    assert stream.text() == "Dry"


@pytest.mark.parametrize("identity", [None, "early", "c"])
def test_a_call_that_was_announced_is_one_call(identity):
    whole = event(call("radar", "c", km=5), call("radar", "d", km=9), finishReason="STOP")
    stream = load(event(call("radar", identity, km=5), partial=True), whole, event(call("radar", "e", km=5)))
    assert calls(stream) == [("c", "radar", '{"km":5}'), ("d", "radar", '{"km":9}'), ("e", "radar", '{"km":5}')]


def test_agents_that_run_in_parallel_have_their_own_answers():
    """As google-adk 2.13 aggregates them: what counts is the event of each agent that is not partial."""
    stream = load(
        event(text("Dry"), call("radar", "early", km=5), author="a", branch="p.a", partial=True),
        event(text("Low"), author="b", branch="p.b", partial=True),
        event(text("Low tide"), author="b", branch="p.b"),
        event(text("Dry"), call("radar", "late", km=5), author="a", branch="p.a"),
    )
    assert (stream.text(), calls(stream), stream.complete) == (
        "DryLow tide",
        [("late", "radar", '{"km":5}')],
        True,
    )
    cut = load(
        event(text("Dry"), author="a", branch="p.a", partial=True),
        event(text("Low tide"), author="b", branch="p.b"),
    )
    assert (cut.text(), cut.complete) == ("DryLow tide", False)


def test_the_result_of_a_tool_belongs_to_its_call():
    response = {"functionResponse": {"id": "c", "name": "radar", "response": {"result": "clear sky"}}}
    stream = load(event(call("radar", "c")), event(response))
    assert [(step.text, step.id, step.name) for step in stream.tool_steps] == [("clear sky", "c", "radar")]


def test_the_output_of_a_node_is_shown_unless_it_is_the_answer():
    stream = load(event(text("Dry"), output="Dry"), event(output={"mm": 4}))
    assert rows(stream) == [("content", "Dry"), ("other", '{"mm":4}')]


def test_pieces_of_arguments_come_again_as_a_whole():
    begun = {"functionCall": {"name": "radar", "id": "c", "willContinue": True}}
    piece = {"functionCall": {"partialArgs": [{"jsonPath": "$.where", "stringValue": "Rome"}], "willContinue": True}}
    stream = load(event(begun, partial=True), event(piece, partial=True), event(call("radar", "c", where="Rome")))
    assert (calls(stream), stream.problems) == ([("c", "radar", '{"where":"Rome"}')], [])


def test_transcriptions_of_a_live_session_are_read():
    stream = load(
        event(author="user", inputTranscription={"text": "Is it dry?", "finished": True}),
        event(outputTranscription={"text": "Yes"}, partial=True),
        event(outputTranscription={"text": "Yes.", "finished": True}),
        event(turnComplete=True),
    )
    assert (stream.text(), stream.text("other"), stream.complete) == ("Yes.", "Is it dry?", True)


def test_errors_are_read_and_a_limit_of_tokens_is_none():
    stream = load(event(text("a"), partial=True), event(errorCode="SAFETY", errorMessage="Blocked"))
    assert (stream.error.message, stream.error.code, stream.complete) == ("Blocked", "SAFETY", False)
    assert load(event(text("a"), partial=True), {"error": "boom"}).error.message == "boom"
    stream = load(event(text("a"), partial=True), event(text("a"), errorCode="MAX_TOKENS", finishReason="MAX_TOKENS"))
    assert (stream.error, stream.finish_reason, stream.complete) == (None, "MAX_TOKENS", True)


def test_names_in_snake_case_are_read():
    spelled = {
        "invocation_id": "i",
        "author": "a",
        "content": {"parts": [{"function_call": {"name": "radar", "args": {}}}]},
    }
    stream = load(
        {**spelled, "usage_metadata": {"prompt_token_count": 9}, "finish_reason": "STOP", "model_version": "m"}
    )
    assert (stream.protocol, stream.model, stream.finish_reason, calls(stream)) == (
        "google-adk",
        "m",
        "STOP",
        [("", "radar", "")],
    )


def test_unknown_parts_with_text_are_shown_and_reported():
    stream = load(event(text("a")), event({"murmur": {"text": "psst"}}), event({"tick": {}}))
    assert [value for kind, value in rows(stream) if kind == "other" and value] == ["psst"]
    assert ["murmur" in one.message for one in stream.problems] == [True]


def test_others_are_not_taken_for_it():
    chunk = {"candidates": [{"content": {"role": "model", "parts": [text("a")]}}], "modelVersion": "gemini-x"}
    assert load(chunk).protocol == "gemini-generate"
    assert load({"author": "a", "content": {"parts": [text("a")]}}).protocol != "google-adk"


def test_a_recording_that_breaks_off_is_reported():
    stream = read("".join(f"data: {json.dumps(event(text(one), partial=True))}\n\n" for one in "abc")[:-20])
    assert (stream.text(), stream.complete) == ("ab", False)
    assert any("cut off" in problem.message for problem in stream.problems)


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_event_does_not_affect_others(odd):
    names = (
        "content",
        "partial",
        "finishReason",
        "usageMetadata",
        "errorCode",
        "modelVersion",
        "outputTranscription",
        "timestamp",
    )
    events = [
        odd,
        {"author": odd},
        *(event(**{name: odd}) for name in names),
        event(odd, partial=odd),
        event(text(odd)),
    ]
    events += [
        event({"functionCall": odd}),
        event({"functionCall": {"name": odd, "id": odd, "args": odd}}, partial=True),
    ]
    events += [
        event({"functionResponse": odd}),
        event({"inlineData": odd}),
        event(content={"parts": odd}),
        event(author=odd),
    ]
    events = [event(text("still")), *events, event(text(" here"))]
    stream = load(*events)
    assert stream.protocol == "google-adk"
    assert stream.chunks["event"].nunique() == len(events)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
