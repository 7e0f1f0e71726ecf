"""Thinking in tags: where it is found, what is split from the content, and what stays as it is."""

import itertools
import json
import time

import pytest

import viewer
from tests.support.streams import delta
from viewer.protocols.think_tags import thinking_spans
from viewer.types.chunk_table import OTHER, REASONING


def body(*texts, finish="stop"):
    payloads = [*(delta(content=text) for text in texts), *([delta(finish)] if finish else [])]
    return "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode()


def split(*texts, **options):
    return viewer.load(body(*texts, **options), think_tags=True).streams[0]


def parts(stream):
    return stream.text("reasoning"), stream.text(), stream.text("other")


SPLIT = {
    "<think>hm</think>Hi": ("hm", "Hi", "<think></think>"),
    " \n<think>\nhm\n</think>\n\nHi": ("\nhm\n", "\n\nHi", " \n<think></think>"),
    "<thinking>hm</thinking>Hi": ("hm", "Hi", "<thinking></thinking>"),
    "<thought>hm</thought>Hi": ("hm", "Hi", "<thought></thought>"),
    "<seed:think>hm</seed:think>Hi": ("hm", "Hi", "<seed:think></seed:think>"),
    "<Think>hm</THINK >Hi": ("hm", "Hi", "<Think></THINK >"),
    "[THINK]hm[/THINK]Hi": ("hm", "Hi", "[THINK][/THINK]"),
    '<think budget="9" lang=en>hm</think>Hi': ("hm", "Hi", '<think budget="9" lang=en></think>'),
    "I should greet.</think>\n\nHello": ("I should greet.", "\n\nHello", "</think>"),
    "<think>never closed": ("never closed", "", "<think>"),
    "<think>a</think>b\n<think>c</think>d": ("ac", "b\nd", "<think></think>" * 2),
    "<think>a</think><think>c</think>d": ("ac", "d", "<think></think>" * 2),
    "<think>a </thinking> b</think>c": ("a </thinking> b", "c", "<think></think>"),
    "<think>a <think> b</think>c": ("a <think> b", "c", "<think></think>"),
    "<think>\n\n</think>\n\nHi": ("", "\n\nHi", "<think>\n\n</think>"),
    "</think>Hi": ("", "Hi", "</think>"),
    "<think>a</think>Use `<think>` or\n```\n<think>b</think>\n```": (
        "a",
        "Use `<think>` or\n```\n<think>b</think>\n```",
        "<think></think>",
    ),
    "<think>a</think>b <think>c</think>d": ("a", "b <think>c</think>d", "<think></think>"),
}


@pytest.mark.parametrize(("text", "expected"), SPLIT.items())
@pytest.mark.parametrize("length", [1, 2, 3, 5, 1000])
def test_thinking_is_split_wherever_the_chunks_are_cut(text, expected, length):
    texts = [text[begin : begin + length] for begin in range(0, len(text), length)]
    stream = split(*texts)
    assert parts(stream) == expected
    assert sorted("".join(stream.chunks["text"])) == sorted(text)
    assert list(stream.chunks["event"].unique()) == list(range(len(texts) + 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hi",
        "Hi <think>hm</think>",
        "Use the tag `</think>` to end it.",
        "The tags are <think> and </think>.",
        "```\nx</think>\n```",
        "<thinker>a</thinker>",
        "<think",
        "<think <b>",
        "[think]a[/think]",
        "and/then",
    ],
)
def test_content_that_only_mentions_tags_stays_as_it_is(text):
    cassette = viewer.load(body("x", text) if not text else body(text), think_tags=True)
    assert cassette.streams[0].text() == (text or "x")
    assert (cassette.problems, cassette.has_think_tags) == ([], False)


def test_by_default_content_is_what_an_sdk_assembles_and_a_note_says_that_it_begins_with_thinking():
    cassette = viewer.load(body("<think>", "hm", "</think>", "Hi"))
    [stream] = cassette.streams
    assert (stream.text(), stream.text("reasoning")) == ("<think>hm</think>Hi", "")
    [note] = cassette.problems
    assert (note.severity, note.message, note.offset) == ("note", "The content begins with thinking in tags.", 0)
    assert "think_tags" in note.advice
    assert cassette.has_think_tags


def test_an_orphan_closing_tag_is_noted_too():
    [note] = viewer.load(body("I should greet.", "</think>\n\nHello")).problems
    assert note.message == "The content begins with thinking that only a tag ends."


def test_a_row_that_holds_thinking_and_content_becomes_several_rows_of_one_event():
    stream = split("<think>h", "m</think>Hi", "!")
    rows = list(stream.chunks[["event", "kind", "text"]].itertuples(index=False, name=None))
    assert rows == [
        (0, "other", "<think>"),
        (0, "reasoning", "h"),
        (1, "reasoning", "m"),
        (1, "other", "</think>"),
        (1, "content", "Hi"),
        (2, "content", "!"),
        (3, "finish", ""),
    ]
    assert stream.chunks["offset"].is_monotonic_increasing
    assert stream.chunks.dtypes.equals(viewer.load(body("Hi")).chunks.dtypes)


def ollama(*texts):
    lines = [
        {"created_at": f"2025-10-09T08:53:2{second}Z", "message": {"content": text}, "done": False}
        for second, text in enumerate(texts)
    ]
    end = {"created_at": "2025-10-09T08:53:29Z", "message": {}, "done": True, "eval_count": 20, "prompt_eval_count": 1}
    return "\n".join(map(json.dumps, [*lines, end])).encode()


def test_thinking_takes_from_its_tag_to_the_content_and_adds_no_stall():
    recorded = ollama("<think>", "a", "b", "</think>", "Hi", "!")
    whole, stream = (viewer.load(recorded, think_tags=wanted).streams[0] for wanted in (False, True))
    assert stream.metrics["thinking_time"].value == 4.0
    assert whole.metrics["thinking_time"].value is None
    for figure in ("ttft", "stream_time", "chunks_per_second"):
        assert stream.metrics[figure] == whole.metrics[figure]
    assert stream.silences == whole.silences


@pytest.mark.parametrize("reasoning", [None, 0, 12])
def test_tokens_still_add_up(reasoning):
    details = {} if reasoning is None else {"completion_tokens_details": {"reasoning_tokens": reasoning}}
    usage = {"prompt_tokens": 1, "completion_tokens": 20, "total_tokens": 21, **details}
    recorded = (
        body("<think>hm, let me see</think>", "Hi there")
        + f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n".encode()
    )
    stream = viewer.load(recorded, think_tags=True).streams[0]
    assert stream.chunks["tokens"].sum() == pytest.approx(20)
    assert (stream.chunks["tokens"] >= 0).sum() == 2
    assert stream.hidden is None


def test_each_choice_is_split_by_itself():
    texts = ((0, "<think>a"), (1, "b"), (0, "</th"), (1, "c"), (0, "ink>d"), (1, "</think>e"))
    payloads = [delta(content=text, choice=choice) for choice, text in texts]
    recorded = "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode()
    stream = viewer.load(recorded, think_tags=True).streams[0]
    assert (stream.text("reasoning"), stream.text()) == ("a", "d")
    assert (stream.text("reasoning", choice=1), stream.text(choice=1)) == ("bc", "e")


def test_an_answer_that_was_not_streamed_is_split_too():
    message = {"role": "assistant", "content": "<think>hm</think>Hi"}
    completion = {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    interaction = {
        "request": {"method": "POST", "uri": "https://x.example/v1/chat/completions", "body": "", "headers": {}},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {},
            "body": {"string": json.dumps(completion)},
        },
    }
    data = json.dumps({"version": 1, "interactions": [interaction]}).encode()
    whole, answer = (viewer.load(data, think_tags=wanted).answers[0] for wanted in (False, True))
    assert (whole.text, whole.reasoning, whole.has_think_tags) == ("<think>hm</think>Hi", "", True)
    assert (answer.text, answer.reasoning, answer.has_think_tags) == ("Hi", "hm", True)


@pytest.mark.parametrize("options", [viewer.Redaction(), viewer.Redaction(metrics_only=True)])
def test_a_redacted_recording_stays_split(options):
    secret = "sk-proj-" + "a1B2" * 12
    cassette = viewer.load(body("<think>The key is ", secret, "</think>", "Hi"), think_tags=True)
    redacted, findings = viewer.redact(cassette, options)
    assert [finding.rule for finding in findings] != []
    [before], [after] = cassette.streams, redacted.streams
    assert list(after.chunks["kind"]) == list(before.chunks["kind"])
    assert secret not in "".join(after.chunks["text"])
    assert secret not in viewer.report(
        cassette, redact=options, data=body("<think>The key is ", secret, "</think>", "Hi")
    )


@pytest.mark.parametrize(
    "text",
    [
        "<think>" * 30_000,
        "</think>" * 30_000,
        "<think>a</think>\n" * 15_000,
        "<think>a</think>" + "x<think>" * 30_000,
        "<think>" + "</thought>" * 20_000,
        "<think " * 30_000,
        "<think" + " " * 200_000,
        " " * 200_000 + "<",
        "</think" + " " * 200_000,
        "<think>a</think>" + "\n" * 100_000 + "```" * 30_000,
        "<think>a</think>" + "`<think>`\n" * 20_000,
    ],
    ids=range(11),
)
def test_tags_take_time_in_proportion_to_the_text(text):
    begin_s = time.process_time()
    spans = thinking_spans(text)
    assert time.process_time() - begin_s < 2
    assert all(span.kind in (OTHER, REASONING) and span.begin < span.end for span in spans)
    assert all(one.end <= other.begin for one, other in itertools.pairwise(spans))
