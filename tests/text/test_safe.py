import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.text.safe import safe_path, shortened, visible, visible_line, well_formed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31m", "<U+009B>31m"),
        ("a\rb", "a␍b"),
        ("a\bb\x7f\x00", "a␈b␡␀"),
        ("\u202egnp.exe", "<U+202E>gnp.exe"),
        ("\u2066x\u2069", "<U+2066>x<U+2069>"),
        ("a\u2028b", "a<U+2028>b"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("left\u200eright\u200f", "left<U+200E>right<U+200F>"),
        ("half \ud83d", "half \ufffd"),
        ("a\tb\nc", "a\tb\nc"),
        ("שלום, 你好 é 😀 日本語 ع 👩🏽 👩\u200d🚀", "שלום, 你好 é 😀 日本語 ع 👩🏽 👩\u200d🚀"),
    ],
)
def test_control_characters_become_visible_and_other_text_is_unchanged(text, shown):
    assert visible(text) == shown


@given(st.text(alphabet=st.characters()))
def test_visible_text_has_no_control_characters_and_no_direction_overrides(text):
    for character in visible(text):
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )


@given(st.text())
def test_a_line_stays_one_line(text):
    assert len(visible_line(text).splitlines()) <= 1


def test_an_unpaired_surrogate_is_replaced_and_a_pair_becomes_one_character():
    assert well_formed("a\ud83d") == "a\ufffd"
    assert well_formed("\ud83d\ude00") == "😀"
    assert visible("\ud83d\ude00") == "😀"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x.sse", "‥/‥/x.sse"),
        ("/etc/x.sse", "etc/x.sse"),
        ("a\\..\\b", "a/‥/b"),
        ("./d/./x.sse", "d/x.sse"),
        ("red\x1b[31m\u202e.sse", "red␛[31m<U+202E>.sse"),
        ("two\nlines", "two␊lines"),
        ("a\0b", "a␀b"),
        ("\udc80", "\ufffd"),
        ("long" * 10, "longlonglonglonglon…"),
    ],
)
def test_a_recorded_path_is_shown_relative_short_and_without_control_characters(name, shown):
    assert safe_path(name, 20) == shown


def test_a_shortened_text_has_at_most_so_many_characters_and_says_that_it_is_cut():
    assert shortened("twelve chars", 12) == "twelve chars"
    assert shortened("thirteen char", 12) == "thirteen ch…"
