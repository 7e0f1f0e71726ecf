import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.text.safe import visible, visible_line


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
        ("half \ud83d", "half \ufffd"),
        ("a\tb\nc", "a\tb\nc"),
        ("שלום, 你好 é 😀", "שלום, 你好 é 😀"),
    ],
)
def test_what_commands_a_terminal_is_shown_and_all_else_stays(text, shown):
    assert visible(text) == shown


@given(st.text(alphabet=st.characters()))
def test_no_text_holds_a_control_or_turns_the_direction(text):
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
