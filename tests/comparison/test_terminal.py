import viewer
from tests.conftest import SAMPLES
from tests.support.har_files import asked, chat, entry, har
from viewer.comparison.comparison import ASPECTS, compare
from viewer.comparison.terminal import as_text, table_lines

ALL = frozenset(ASPECTS)


def text_of(left, right, chosen=ALL, *, colour=False):
    names = ("left.har", "right.har")
    opened = (viewer.load(har(*entries), name) for entries, name in zip((left, right), names, strict=True))
    return as_text(compare(*opened), chosen, colour=colour)


def test_equal_recordings_take_three_lines():
    call = entry(asked(), chat("a"))
    assert text_of([call], [call]) == (
        "A: left.har (har 1.2, 1 interaction)\n"
        "B: right.har (har 1.2, 1 interaction)\n"
        "No differences. 1 pair of interactions compared.\n"
    )


def test_differences_are_shown_with_their_words():
    text = text_of([entry(asked(), chat("Hello there."))], [entry(asked(temperature=1), chat("Hello you."))])
    assert "The recordings differ in request and text. 1 pair of interactions compared." in text
    assert "Interaction 0 of A and 0 of B: POST https://api.openai.com/v1/chat/completions" in text
    assert "  - Hello there.\n  + Hello you.\n" in text
    assert "  temperature  0.5  1\n" in text


def test_two_requests_that_differ_are_both_in_the_title():
    call, other = entry(asked(), chat("a")), entry(asked(), chat("b"), url="http://localhost/v1/chat/completions")
    title = "0 of B: POST https://api.openai.com/v1/chat/completions → POST http://localhost/v1/chat/completions\n"
    assert title in text_of([call], [other])


def test_aspects_that_are_not_compared_are_named_and_not_shown():
    left, right = [entry(asked(), chat("Hello there."))], [entry(asked(seed=1), chat("Hello you."))]
    text = text_of(left, right, ALL - {"text"})
    assert "The recordings differ in request. 1 pair of interactions compared. Not compared: text." in text
    assert "Hello" not in text


def test_unpaired_interactions_are_listed_with_secrets_masked():
    other = entry(None, "", url="https://example.com/models?api_key=sk-hidden", method="GET")
    text = text_of([entry(asked(), chat("a"))], [entry(asked(), chat("a")), other])
    assert "Interaction 1 only in B: GET https://example.com/models?api_key=•••" in text
    assert "sk-hidden" not in text


def test_equal_pairs_are_only_counted():
    same, left, right = entry(asked(), chat("a")), entry(asked(seed=1), chat("b")), entry(asked(seed=1), chat("c"))
    text = text_of([same, left], [same, right])
    assert "2 pairs of interactions compared" in text
    assert "Interaction 1 of A and 1 of B" in text
    assert "Interaction 0 of A" not in text


def test_recorded_text_cannot_command_a_terminal():
    hostile = "\x1b]0;owned\x07\x1b[2J\r\u202etxt"
    left = [entry(asked(), chat("a", model=hostile))]
    right = [entry(asked(user=hostile), chat(hostile), url=f"https://example.com/{hostile}")]
    opened = [viewer.load(har(*entries, version=f"1.2{hostile}"), hostile) for entries in (left, right)]
    text = as_text(compare(*opened), ALL, colour=False)
    assert set(text) & set("\x1b\x07\r\u202e") == set()
    assert "␛]0;owned␇" in text


def test_colour_marks_removed_and_added_lines_and_changed_words():
    text = text_of([entry(asked(), chat("one two three"))], [entry(asked(), chat("one four three"))], colour=True)
    assert "\x1b[31m- one \x1b[7mtwo\x1b[27m three\x1b[0m" in text
    assert "\x1b[32m+ one \x1b[7mfour\x1b[27m three\x1b[0m" in text


def test_secret_headers_are_not_shown():
    left = [entry(asked(), chat("a"), headers={"Authorization": "Bearer sk-one"})]
    right = [entry(asked(), chat("b"), headers={"Authorization": "Bearer sk-two", "X-Other": "Bearer sk-three"})]
    assert "sk-" not in text_of(left, right)


def test_columns_line_up_whatever_the_cells_hold():
    rows = [["name", "A"], ["👨‍👩‍👧", "family"], ["❤️", "heart"], ["你好", "hello"], ["e\u0301", "accent"]]
    family, heart, hello, accent = list(table_lines(rows))[1:]
    assert (family, heart) == ("👨‍👩‍👧    family", "❤️    heart")
    assert (hello, accent) == ("你好  hello", "e\u0301     accent")


def test_a_call_without_an_address_is_named_by_its_model():
    session = viewer.load(SAMPLES / "rain-gauge_claude-code.jsonl")
    lines = (SAMPLES / "rain-gauge_claude-code.jsonl").read_bytes().splitlines(keepends=True)
    whole = as_text(compare(session, viewer.load(b"".join(lines[:-2]), "short.jsonl")), ALL)
    assert "only in A: claude-sonnet-4-5-20250929" in whole
    assert "request not recorded" not in whole
