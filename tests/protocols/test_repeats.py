"""Events that differ in one text, compared with what the parser reads from each of them."""

import json

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import viewer
from viewer.protocols.reading import Reading
from viewer.protocols.repeats import find_pattern
from viewer.types.chunk_table import CONTENT, SILENT
from viewer.wire import sse

EVENT = '{"id":"a","choices":[{"index":0,"delta":{"content":%s}}],"created":1}'

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4) | st.sampled_from(
    [":", ",", "content", "a", '"', "\\", "\n", "é", "\x7f", "}", '":"']
)


def paths_to(value, wanted, path=()):
    """Return every path to a text in a JSON value."""
    if isinstance(value, dict):
        return [found for key, held in value.items() for found in paths_to(held, wanted, (*path, key))]
    if isinstance(value, list):
        return [found for index, held in enumerate(value) for found in paths_to(held, wanted, (*path, index))]
    return [path] if value == wanted else []


@given(
    st.recursive(texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)),
    texts,
    texts,
    st.sampled_from([":", ": "]),
)
@example({"content": ":"}, ":", "::", ": ")
@example(["x", ","], ",", "y", ":")
@example({"a": "A"}, "A", "b", ": ")
def test_a_pattern_reads_what_the_parser_reads(value, first, second, colon):
    def written(text):
        whole = {"before": value, "text": text, "after": value}
        return json.dumps(whole, ensure_ascii=False, separators=(",", colon)).encode()

    pattern = find_pattern(written(first), first)
    if pattern is None:
        return
    assert paths_to(orjson.loads(written(first)), first) == [("text",)]
    text = pattern.text_in(written(second))
    assert text in ("", second)


PADDED = '{"id":"a","choices":[{"index":0,"delta":{"content":%s}}],"created":1,"obfuscation":%s}'
# As OpenAI sends it if the request asks for usage.
WITH_USAGE = PADDED.replace('"created":1', '"created":1,"usage":null')
paddings = st.text("aZ09", max_size=3) | texts


@given(texts, paddings, texts, paddings)
@example("text", "text", "a", "b")
@example("a", "b", '"}}],"created":1,"obfuscation":"c', "d")
@example("a", "b", '\\","obfuscation":"', "d")
def test_a_pattern_with_padding_reads_what_the_parser_reads(first, first_padding, second, padding):
    def written(text, other):
        return (PADDED % (json.dumps(text, ensure_ascii=False), json.dumps(other, ensure_ascii=False))).encode()

    pattern = find_pattern(written(first, first_padding), first, first_padding)
    if pattern is not None:
        assert pattern.text_in(written(second, padding)) in ("", second)


def test_padding_may_be_any_letters_and_other_padding_is_left_to_the_parser():
    pattern = find_pattern((PADDED % ('"one"', '"aB3"')).encode(), "one", "aB3")
    assert pattern.text_in((PADDED % ('" two\\n"', '"xyz0123"')).encode()) == " two\n"
    for other in ('""', '"a b"', '"a\\""', '"é"', "null", "7"):
        assert pattern.text_in((PADDED % ('"two"', other)).encode()) == "", other


def test_padding_before_or_inside_the_text_gives_no_pattern():
    assert find_pattern(b'{"obfuscation":"xyz","content":"text"}', "text", "xyz") is None
    assert find_pattern(b'{"content":"text","obfuscation":"text"}', "text", "text") is None
    assert find_pattern(b'{"content":"text","obfuscation":"a b"}', "text", "a b") is None


def test_a_text_that_also_appears_escaped_gives_no_pattern():
    assert find_pattern(rb'{"x":"A","content":"\u0041"}', "A") is None


def test_a_text_that_appears_twice_gives_no_pattern_even_if_the_two_share_a_quote():
    assert find_pattern(b'{"content":":"}', ":") is None
    assert find_pattern(b'["content","content"]', "content") is None


@pytest.mark.parametrize(
    "text", ["also plain", 'say "hi"', "line\n", "tab\t", "nul\0", "back\\", "Olá", "\U0001f600", "\x7f"]
)
def test_texts_are_read_with_their_escapes(text):
    pattern = find_pattern((EVENT % '"plain"').encode(), "plain")
    assert pattern.text_in((EVENT % orjson.dumps(text).decode()).encode()) == text


@pytest.mark.parametrize("text", ["half \\ud83d", "tab\t", "\\", "\\x", 'a" ', '","content":"b'])
def test_invalid_strings_are_left_to_the_parser(text):
    pattern = find_pattern((EVENT % '"plain"').encode(), "plain")
    assert pattern.text_in((EVENT % f'"{text}"').encode()) == ""


def test_payloads_that_differ_in_more_than_the_text_are_left_to_the_parser():
    pattern = find_pattern((EVENT % '"plain"').encode(), "plain")
    for other in ('"x","role":"user"', '"x"}},{"delta":{"content":"y"', '""', "null", "1", '"\xff"'):
        assert pattern.text_in((EVENT % other).encode("latin-1")) == "", other


def test_only_events_that_do_not_repeat_others_are_parsed():
    lines = [(EVENT % f'"{text}"') for text in ("one", " two", " three", "\\n", " four")]
    events = sse.decode("".join(f"data: {line}\n\n" for line in lines).encode())
    reading = Reading()
    parsed = []
    for event, payload in reading.payloads(events):
        parsed.append(event)
        reading.add(event, CONTENT, payload["choices"][0]["delta"]["content"], stamp=1.0)
        reading.expect_repeats("message")
    assert parsed == [0, 1]
    assert reading.text == ["one", " two", " three", "\n", " four"]
    assert reading.event.tolist() == [0, 1, 2, 3, 4]
    assert reading.stamp.tolist() == [1.0] * 5


def test_padded_events_are_read_like_parsed_ones():
    words = ["one", " two", " three", "\\n", " four", "", ' \\"six\\"', " seven"] * 6
    quoted = [f'"{word}"' for word in words]
    lines = [PADDED % (word, '"' + "ab1" * (number % 4) + 'x"') for number, word in enumerate(quoted)]
    padded, plain = (
        "".join(f"data: {line}\n\n" for line in form).encode() for form in (lines, [EVENT % word for word in quoted])
    )
    ours, theirs = (viewer.load(body).chunks.drop(columns=["offset", "size"]) for body in (padded, plain))
    assert ours.equals(theirs)
    events = sse.decode(padded)
    reading = Reading()
    parsed = []
    for event, payload in reading.payloads(events):
        parsed.append(event)
        reading.add(event, CONTENT, payload["choices"][0]["delta"]["content"])
        reading.expect_repeats("message", payload["obfuscation"])
    assert len(parsed) < len(words) / 2


def test_null_usage_does_not_prevent_repeats(monkeypatch):
    words = [f" w{number}" for number in range(100)]
    body = "".join(
        f"data: {WITH_USAGE % (json.dumps(word), json.dumps('x' * (n % 5 + 1)))}\n\n" for n, word in enumerate(words)
    )
    parsed = []
    loads = orjson.loads
    monkeypatch.setattr("viewer.protocols.reading.orjson.loads", lambda data: parsed.append(data) or loads(data))
    assert viewer.load(body.encode()).streams[0].text() == "".join(words)
    assert sum(data.startswith(b"{") for data in parsed) < 60


def test_an_event_without_a_text_is_repeated_only_by_its_own_bytes():
    silent = EVENT % '""'
    events = sse.decode(
        f"data: {silent}\n\ndata: {silent}\n\nevent: x\ndata: {silent}\n\ndata: {EVENT % 0}\n\n".encode()
    )
    reading = Reading()
    parsed = []
    for event, _ in reading.payloads(events):
        parsed.append(event)
        reading.add(event, SILENT)
        reading.expect_repeats(events.name[event])
    assert parsed == [0, 2, 3]
    assert reading.kind.tolist() == [SILENT] * 4


def test_the_search_stops_if_no_event_repeats_another():
    apart = [(EVENT % '"text"').replace('"id":"a"', f'"id":"{number}"') for number in range(300)]
    events = sse.decode("".join(f"data: {line}\n\n" for line in [*apart, *[EVENT % '""'] * 3]).encode())
    reading = Reading()
    parsed = []
    for event, _ in reading.payloads(events):
        parsed.append(event)
        reading.add(event, CONTENT, "text" if event < 300 else "")
        reading.expect_repeats("message")
    assert parsed == list(range(303))


def test_repeated_events_are_read_like_parsed_ones():
    texts = ["one", " two", " three", "\\n", " four", "", " fünf", ' \\"six\\"', " seven", " eight"] * 3
    finish = '{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"created":3}'
    lines = [(EVENT % f'"{text}"') for text in texts]
    lines[7:7] = [(EVENT % '"other choice"').replace('"index":0', '"index":1')] * 3
    lines[12:12] = [(EVENT % '"thought"').replace("content", "reasoning_content")] * 4
    lines[20:20] = [(EVENT % '"later"').replace('"created":1', '"created":2')] * 4
    lines[24:24] = [(EVENT % '""').replace('"content"', '"role":"assistant","content"')] * 3
    same = "".join(f"data: {line}\n\n" for line in [*lines, finish]).encode()
    # The length of a field that nobody reads differs in every event, so that none repeats another.
    apart = "".join(
        "data: " + line.replace('"id":"a"', f'"id":"{"a" * number}"') + "\n\n"
        for number, line in enumerate([*lines, finish], start=1)
    ).encode()
    ours, theirs = (viewer.load(body).chunks.drop(columns=["offset", "size"]) for body in (same, apart))
    assert ours.equals(theirs)
    assert (ours["choice"] == 1).sum() == 3
    assert (ours["kind"] == "silent").sum() == 6
    assert (ours["kind"] == "reasoning").sum() == 4
