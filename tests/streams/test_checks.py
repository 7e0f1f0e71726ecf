"""Doubts about a stream as a whole, and that good streams raise none."""

import json

import pytest

import viewer
from tests.support.streams import call, delta


def problems(*payloads, **options):
    """Return the messages of all problems but notes of the stream made of these chunks."""
    body = "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads) + options.get("end", "data: [DONE]\n\n")
    return [problem.message for problem in viewer.load(body.encode()).problems if problem.severity != "note"]


def usage(prompt=10, completion=5, **fields):
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return {"choices": [], "usage": {**counts, **fields}}


STOP = delta("stop")


@pytest.mark.parametrize(("first", "then"), [("tool_calls", "stop"), ("stop", "tool_calls"), ("length", "stop")])
def test_two_finish_reasons_are_a_problem(first, then):
    [message] = problems(delta(content="a"), delta(first), delta(then), usage())
    assert message == f"The stream has two finish reasons: first {first!r}, then {then!r}."


def test_a_last_event_that_is_not_json_is_the_only_problem_of_the_end():
    broken = 'data: {"choices": [}\n\n'
    [message] = problems(delta(content="a"), end=broken)
    assert message.startswith("Event 1 is not JSON")
    messages = problems(delta(content="a"), end=broken + "data: {}\n\n")
    assert messages[-1] == "The stream ends without a finish reason."


def test_two_finish_reasons_of_another_choice_name_it():
    [message] = problems(delta(content="a"), STOP, delta("stop", choice=1), delta("length", choice=1))
    assert message.startswith("Choice 1 has two finish reasons")


@pytest.mark.parametrize(
    "payloads",
    [
        (delta(content="a"), STOP, STOP),
        (delta(content="a"), STOP, delta("length", choice=1)),
        (call("f", "{}"), delta("tool_calls"), delta(content="It is dry."), STOP),
    ],
    ids=["the same twice", "one for each choice", "text in between"],
)
def test_finish_reasons_that_agree_are_no_problem(payloads):
    assert problems(*payloads) == []


def test_counts_may_fall_from_one_response_to_the_next_but_not_between_two_finishes_of_one():
    first, second = usage(10, 5) | STOP, usage(10, 3) | STOP
    assert any("fewer tokens" in message for message in problems(delta(content="a"), first, second))
    assert problems(delta(content="a"), first, delta(content="b"), second) == []


@pytest.mark.parametrize(
    ("usages", "figures"),
    [
        ((usage(10, 5), usage(0, 0)), "completion_tokens 5, then 0; prompt_tokens 10, then 0; total_tokens 15, then 0"),
        ((usage(10, 5), usage(10, 3)), "completion_tokens 5, then 3"),
        ((usage(10, 2), usage(10, 5), usage(10, 3)), "completion_tokens 5, then 3"),
        ((usage(10, 5), usage(0, 5)), "prompt_tokens 10, then 0"),
    ],
)
def test_token_counts_that_fall_are_a_problem(usages, figures):
    [message] = problems(delta(content="a"), STOP, *usages)
    assert message == f"The last usage object has fewer tokens than one before it: {figures}."


@pytest.mark.parametrize(
    "usages",
    [
        (usage(10, 1), usage(10, 5)),
        (usage(0, 0), usage(10, 5)),
        (usage(10, 5), usage(10, 5)),
        (usage(11, 5), usage(10, 5)),
    ],
    ids=["growing", "zero first", "the same twice", "an estimate of the prompt"],
)
def test_token_counts_that_do_not_fall_are_no_problem(usages):
    assert problems(delta(content="a"), STOP, *usages) == []


@pytest.mark.parametrize("value", [None, "5", -1, 1.5, True, [], {}, [[5]]], ids=repr)
def test_counts_of_a_wrong_type_break_nothing(value):
    odd = {"choices": [], "usage": {"prompt_tokens": value, "completion_tokens": value}}
    assert isinstance(problems(delta(content="a"), STOP, usage(), odd, odd), list)


def test_no_output_tokens_in_spite_of_text_are_a_problem():
    assert problems(delta(content="a"), STOP, usage(10, 0)) == [
        "The reported usage does not add up: output > 0, since there is text, but output = 0."
    ]
    assert problems(delta(role="assistant"), STOP, usage(10, 0)) == []


@pytest.mark.parametrize("field", ["content", "reasoning_content"])
@pytest.mark.parametrize(
    "texts", [("Hel", "Hello", "Hello wor", "Hello world"), ("a", "ab", "abc", "abc"), ("It", "It is", "It is dry.")]
)
def test_chunks_that_repeat_all_text_before_them_are_a_problem(field, texts):
    [message] = problems(*(delta(**{field: text}) for text in texts), STOP)
    assert message == f"Each chunk of the {field.removesuffix('_content')} repeats all text before it."


def test_a_last_chunk_that_repeats_all_text_is_a_problem():
    [message] = problems(*(delta(content=text) for text in ("It is", " dry", " today.", "It is dry today.")), STOP)
    assert message == "The last chunk of the content repeats all text before it."


@pytest.mark.parametrize(
    "texts",
    [
        ("a", "ab"),
        ("-", "--", "---"),
        ("ha", "ha", "ha"),
        ("ha", "ha", "haha"),
        ("1", "10", "1"),
        ("a",),
        ("a", "b", "ab"),
    ],
)
def test_texts_that_begin_alike_by_chance_are_no_problem(texts):
    assert problems(*(delta(content=text) for text in texts), STOP) == []


def test_texts_of_other_choices_do_not_count_as_repeated():
    texts = ((0, "a"), (1, "ab"), (0, "c"), (1, "abc"), (0, "d"), (1, "x"))
    chunks = [delta(content=text, choice=choice) for choice, text in texts]
    assert problems(*chunks, STOP, delta("stop", choice=1)) == []


def test_a_problem_of_the_last_event_does_not_hide_that_the_stream_breaks_off():
    messages = problems(delta(content="a"), delta(thinking="b"), end="")
    assert [message.partition(" ")[0] for message in messages] == ["Event", "The"]
    assert messages[1] == "The stream ends without a finish reason."


@pytest.mark.parametrize("line", ['{"message":{"content":"%s"},"done":%s}', '{"response":"%s","done":%s}'])
def test_the_doubts_are_those_of_every_protocol(line):
    lines = (("Hel", "false"), ("Hello", "false"), ("Hello!", "false"), ("", "true"))
    [problem] = viewer.load("\n".join(line % values for values in lines).encode()).problems
    assert problem.message == "Each chunk of the content repeats all text before it."
