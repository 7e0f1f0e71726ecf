import json
import time
from itertools import pairwise

import pytest

import viewer
from tests.support.har_files import USAGE, WEATHER, asked, chat, entry, events, har, tool_call
from viewer.comparison.aspects import ASPECTS
from viewer.comparison.comparison import compare, compare_streams, diff_tool_calls
from viewer.types.replies import ToolCall

ANSWER = {"reasoning_content": "Hm."}, "Hello ", "there.", tool_call("weather", '{"city":"Paris"}')
JSON = "application/json"


def opened(*entries):
    return viewer.load(har(*entries), "a.har")


def differing(left, right):
    return compare(opened(left), opened(right)).differing()


def answer(*deltas, **how):
    return entry(asked(), chat(*(deltas or ANSWER), **how))


def unstreamed(text):
    message = {"role": "assistant", "content": text}
    return {"id": "x", "object": "chat.completion", "model": "m", "choices": [{"index": 0, "message": message}]}


REASONING, *CONTENT, CALL = ANSWER

ONE_THING = {
    "text": (answer(REASONING, "Hello ", "you.", CALL), ("text",)),
    "reasoning": (answer({"reasoning_content": "Ha."}, *CONTENT, CALL), ("text",)),
    "a tool call's name": (answer(REASONING, *CONTENT, tool_call("clock", '{"city":"Paris"}')), ("tool-calls",)),
    "arguments": (answer(REASONING, *CONTENT, tool_call("weather", '{"city":"Rome"}')), ("tool-calls",)),
    "usage": (answer(usage=USAGE | {"completion_tokens": 5, "total_tokens": 14}), ("usage",)),
    "finish reason": (answer(finish="tool_calls"), ("finish-reason",)),
    "model": (answer(model="gpt-5"), ("model",)),
    "schema": (answer(service_tier="default"), ("schema",)),
    "a type": (answer(created="1700000000"), ("schema",)),
    "status": (entry(asked(), chat(*ANSWER), status=201), ("error",)),
    "method": (entry(asked(), chat(*ANSWER), method="PUT"), ("request",)),
    "URL": (entry(asked(), chat(*ANSWER), url="https://eu.api.openai.com/v1/chat/completions"), ("request",)),
    "a parameter": (entry(asked(temperature=0.7), chat(*ANSWER)), ("request",)),
    "an added parameter": (entry(asked(seed=1), chat(*ANSWER)), ("request",)),
    "the model asked for": (entry(asked(model="gpt-5"), chat(*ANSWER)), ("request",)),
    "a message": (entry(asked(messages=[]), chat(*ANSWER)), ("request",)),
    "a tool": (entry(asked(tools=[WEATHER, {"type": "web_search"}]), chat(*ANSWER)), ("request",)),
    "a header": (entry(asked(), chat(*ANSWER), headers={"Accept": "*/*"}), ("headers",)),
}


@pytest.mark.parametrize(("right", "aspects"), ONE_THING.values(), ids=ONE_THING.keys())
def test_one_change_differs_in_exactly_its_aspect(right, aspects):
    assert differing(answer(), right) == aspects
    assert differing(right, answer()) == aspects


def test_every_aspect_can_differ_alone():
    alone = {aspect for _, aspects in ONE_THING.values() for aspect in aspects}
    assert set(ASPECTS) - alone == {"interactions", "protocol"}


@pytest.mark.parametrize(
    "right",
    [
        answer(call_id="chatcmpl-2", created=1_800_000_000),
        answer(system_fingerprint="fp_2"),
        answer(REASONING, "Hello there.", CALL),
        answer(REASONING, *CONTENT, tool_call("weather", '{ "city" : "Paris" }')),
        answer(REASONING, *CONTENT, tool_call("weather", '{"city":"Paris"}', call_id="call_2")),
        entry(asked(), chat(*ANSWER), headers={"Authorization": "Bearer sk-two", "Date": "now", "X-Request-Id": "7"}),
        {**answer(), "startedDateTime": "2026-01-01T00:00:00Z", "time": 900},
    ],
    ids=["ids and stamps", "fingerprint", "chunking", "spaces in JSON", "call ids", "headers", "time"],
)
def test_values_that_change_with_every_recording_do_not_count(right):
    left = answer(system_fingerprint="fp_1") if "fp_2" in str(right) else answer()
    assert differing(left, right) == ()


def test_ids_and_times_in_error_messages_do_not_count():
    def refused(message, status=429):
        error = {"error": {"message": message, "type": "rate_limit"}}
        return entry(asked(), error, status=status, content_type=JSON)

    assert differing(refused("Wait 1.5s (req_abc12345)."), refused("Wait 22s (req_xyz98765).")) == ()
    assert differing(refused("Too many."), refused("Too long.")) == ("error",)
    assert differing(refused("Too many."), refused("Too many.", status=500)) == ("error",)


def test_an_answer_that_is_not_streamed_is_compared_by_its_text():
    left, right = (entry(asked(), unstreamed(text), content_type=JSON) for text in ("Hello.", "Hi."))
    assert differing(left, right) == ("text",)
    streamed = differing(entry(asked(), unstreamed("Hello there."), content_type=JSON), answer(*CONTENT))
    assert "protocol" in streamed
    assert "text" not in streamed


def test_other_responses_are_compared_by_their_body_without_ids():
    def models(name, made):
        data = {"object": "list", "data": [{"id": f"x{made}", "created": made, "owner": name}]}
        return entry(None, data, url="https://api.openai.com/v1/models", method="GET", content_type=JSON)

    assert differing(models("a", 1), models("a", 2)) == ()
    assert differing(models("a", 1), models("b", 1)) == ("text",)


def test_events_of_an_unknown_protocol_are_compared_verbatim():
    def unknown(value):
        return entry({"q": 1}, events({"zzz": value}, {"zzz": "same"}), url="https://example.com/other")

    assert compare(opened(unknown("a")), opened(unknown("b"))).pairs[0].left.stream.protocol == "generic"
    assert differing(unknown("a"), unknown("a")) == ()
    assert differing(unknown("a"), unknown("b")) == ("text",)


def test_an_extra_call_is_only_an_added_interaction():
    other = entry(asked(messages=[{"role": "user", "content": "And now?"}]), chat("Now."))
    found = compare(opened(answer()), opened(other, answer()))
    assert found.differing() == ("interactions",)
    assert [one.index for one in found.added] == [0]
    assert found.removed == ()
    assert found.differing(["text"]) == ()


def test_only_chosen_aspects_are_reported():
    found = compare(opened(answer()), opened(answer("Hi.", finish="length")))
    assert found.differing() == ("text", "tool-calls", "finish-reason", "schema")
    assert found.differing(["finish-reason", "usage"]) == ("finish-reason",)
    assert found.pairs[0].differing(["usage"]) == ()


def test_texts_are_listed_by_kind_and_choice():
    pair = compare(opened(answer()), opened(answer({"reasoning_content": "Ha."}, "Hi."))).pairs[0]
    assert [(change.kind, change.choice) for change in pair.texts] == [("reasoning", 0), ("content", 0)]


def test_two_streams_are_compared_together_with_their_cassettes(seed):
    right = opened(answer())
    pair = compare_streams((seed, seed.streams[0]), (right, right.streams[0]))
    assert (pair.left.cassette, pair.right.cassette) == (seed, right)
    assert {"model", "text", "usage", "request"} <= set(pair.differing())
    assert {row.name for row in pair.usage} >= {"input", "output", "total"}


def call(name, arguments, choice=0):
    return ToolCall("id", name, arguments, choice)


def test_arguments_of_tool_calls_are_compared_as_json_with_sorted_keys():
    (change,) = diff_tool_calls([call("f", '{"b":1,"a":2}')], [call("f", '{"a":2,"b":3}')])
    assert change.what == "changed"
    assert "".join(one.left for one in change.arguments.segments) == '{\n  "a": 2,\n  "b": 1\n}'
    assert [(one.left, one.right) for one in change.arguments.segments if one.op != "equal"] == [("1", "3")]


def test_arguments_that_are_not_json_are_compared_as_text():
    (change,) = diff_tool_calls([call("f", '{"a":')], [call("f", '{"a":1')])
    assert [(one.op, one.right) for one in change.arguments.segments] == [("equal", '{"a":'), ("insert", "1")]


def test_tool_calls_are_added_and_removed():
    left, right = [call("f", "{}"), call("g", "{}")], [call("g", "{}"), call("h", "{}"), call("i", "{}")]
    assert [(change.what, (change.left or change.right).name) for change in diff_tool_calls(left, right)] == [
        ("removed", "f"),
        ("added", "h"),
        ("added", "i"),
    ]


@pytest.mark.process
def test_long_streams_are_compared_in_time():
    left = [f"w{place * place % 997}" + (".\n" if place % 11 == 0 else " ") for place in range(100_000)]
    right = ["other " if place % 50 == 0 else word for place, word in enumerate(left)]
    event, _, end = chat("@").partition("\n\n")
    one, other = (
        viewer.load("\n\n".join([*(event.replace("@", json.dumps(word)[1:-1]) for word in side), end]).encode())
        for side in (left, right)
    )
    begin = time.process_time()
    found = compare(one, other)
    assert time.process_time() - begin < 5
    assert found.differing() == ("text",)
    assert found.pairs[0].texts[0].diff.coarse_characters == 0


@pytest.fixture(scope="module")
def sampled(corpus):
    """Every twelfth file of the corpus that can be opened."""
    files = sorted(path for path in corpus.glob("*/**/*") if path.is_file() and path.suffix not in {".md", ".toml"})
    cassettes = []
    for path in files[::12]:
        try:
            cassettes.append(viewer.load(path))
        except viewer.CassetteError:
            continue
    assert len(cassettes) > 60
    return cassettes


def test_every_recording_equals_itself(sampled):
    for cassette in sampled:
        found = compare(cassette, cassette)
        assert found.differing() == (), cassette.name
        assert [(pair.left.index, pair.right.index) for pair in found.pairs] == [
            (place, place) for place in range(len(cassette.interactions))
        ]


def test_swapping_two_recordings_mirrors_the_differences(sampled):
    for left, right in pairwise(sampled):
        there, back = compare(left, right), compare(right, left)
        where = left.name, right.name
        assert there.differing() == back.differing(), where
        mirrored = {(pair.right.index, pair.left.index): pair for pair in back.pairs}
        assert set(mirrored) == {(pair.left.index, pair.right.index) for pair in there.pairs}, where
        assert [one.index for one in there.added] == [one.index for one in back.removed], where
        for pair in there.pairs:
            other = mirrored[pair.left.index, pair.right.index]
            assert changes(pair) == swapped(changes(other)), where


def changes(pair):
    """Everything that differs in a pair, as (what it is, its name, its sides)."""
    found = [(text.kind, text.choice, segments(text.diff)) for text in pair.texts]
    found += [("call", 0, segments(call.arguments)) for call in pair.tool_calls]
    found += [("part", part.name if part.what == "changed" else "", segments(part.diff)) for part in parts(pair)]
    found += [("change", one.name, [(one.left, one.right)]) for one in values(pair)]
    found += [("schema", (one.location, one.event, one.path), [(str(one.left), str(one.right))]) for one in pair.schema]
    return sorted(found, key=str)


def parts(pair):
    return [*pair.request.tools, *pair.request.messages]


def values(pair):
    return [*pair.request.line, *pair.request.parameters, *pair.request.headers]


def segments(diff):
    return [(one.left, one.right) for one in diff.segments]


def swapped(found):
    return sorted(((what, name, [(right, left) for left, right in rows]) for what, name, rows in found), key=str)
