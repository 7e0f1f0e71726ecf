import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.streams import SGR, by_style, call, delta, is_text_with_line_ends, stream_of
from viewer.display.terminal import timed_outputs

LETTERS = st.text(alphabet="ab ,.\n\t你好é😀\u0301", max_size=60)


def written(stream, **how):
    return "".join(output.text for output in timed_outputs(stream, **how))


def width(line):
    columns = 0
    for character in line:
        if character == "\t":
            columns += 8 - columns % 8
        elif unicodedata.category(character) not in ("Mn", "Me", "Cf"):
            columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


@given(st.lists(LETTERS, min_size=1, max_size=8), st.integers(20, 40))
def test_no_line_is_wider_than_the_terminal_and_only_line_feeds_are_inserted(pieces, columns):
    stream = stream_of(*(delta(content=piece) for piece in pieces))
    shown = by_style(written(stream, columns=columns))[""]
    assert is_text_with_line_ends(shown, stream.text(), "\n")
    for line in shown.split("\n"):
        # A tab never moves past the last column.
        assert width(line.rstrip("\t")) <= columns


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=15), min_size=1, max_size=30), st.data())
def test_words_are_kept_whole_however_the_stream_splits_them(words, data):
    text = " ".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    stream = stream_of(*(delta(content=piece) for piece in pieces))
    assert by_style(written(stream, columns=20))[""].split() == words


def test_a_word_longer_than_a_line_is_broken():
    shown = by_style(written(stream_of(delta(content="x" * 50)), columns=20))[""]
    assert shown.split() == ["x" * 19, "x" * 19, "x" * 12]


def test_chinese_is_broken_between_characters():
    shown = by_style(written(stream_of(delta(content="你好" * 20)), columns=20))[""]
    assert {len(line) for line in shown.split()[:-1]} == {9}


@pytest.mark.parametrize(
    ("character", "columns"),
    [
        ("😀", 2),
        ("👨‍👩‍👧", 2),
        ("👍🏽", 2),
        ("❤️", 2),
        ("🇩🇪", 2),
        ("你", 2),
        ("e\u0301", 1),
        ("é", 1),
    ],
)
def test_a_line_is_broken_between_characters_as_wide_as_a_terminal_shows_them(character, columns):
    shown = by_style(written(stream_of(delta(content=character * 30)), columns=20))[""]
    lines = shown.split()
    # One column stays free for the space after a word.
    assert {line.count(character) for line in lines[:-1]} == {19 // columns}
    assert "".join(lines) == character * 30


def test_each_kind_has_its_own_style():
    stream = stream_of(delta(reasoning="hm"), delta(content="Hi"), call("add", '{"a"'), call(arguments=":1}"))
    shown = by_style(written(stream))
    assert shown["2;3"].strip() == "hm"
    assert shown[""].strip() == "Hi"
    assert shown["1;33"] == "add "
    assert shown["33"].strip() == '{"a":1}'


def test_without_colours_each_kind_has_a_heading():
    stream = stream_of(delta(reasoning="hm"), delta(content="Hi"), call("add", "{}"))
    shown = written(stream, coloured=False)
    assert shown.partition("\n\n")[2] == "[reasoning]\nhm\n\n[content]\nHi\n\n[add]\n{}\n"
    assert "\x1b" not in shown


def test_a_paced_stream_says_first_that_its_speed_is_not_recorded():
    assert "speed not recorded" in timed_outputs(stream_of(delta(content="Hi")))[0].text


def test_a_stream_with_times_has_no_notice(seed_stream):
    assert "recorded" not in written(seed_stream).partition("First")[0]


def test_an_unknown_protocol_says_that_no_text_was_read():
    import viewer

    assert "no text was read from its 1 event." in written(viewer.load(b'data: {"odd": 1}\n\n').streams[0])


HOSTILE = "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b31m\r\b\u202e\u2067"


@pytest.mark.parametrize("coloured", [True, False])
def test_recorded_text_sends_no_command_to_the_terminal(coloured):
    stream = stream_of(
        delta(reasoning=HOSTILE, model=HOSTILE),
        delta(content=HOSTILE),
        call(HOSTILE, HOSTILE),
        {"error": {"message": HOSTILE}},
    )
    shown = SGR.sub("", written(stream, columns=80, coloured=coloured))
    assert "\x1b" not in shown
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert shown.count("␛[2J") == 5


def test_outputs_have_the_times_of_their_chunks(seed_stream):
    rows = seed_stream.chunks[seed_stream.chunks["kind"].isin(["reasoning", "content"])]
    assert [output.t for output in timed_outputs(seed_stream)][:-1] == rows["t"].tolist()


def test_one_choice_is_shown():
    stream = stream_of(delta(content="one"), delta(content="two", choice=1))
    assert "two" not in written(stream)
    assert "one" not in written(stream, choice=1)
