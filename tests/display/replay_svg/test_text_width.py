import pytest

from viewer.display.replay_svg.text_width import clipped, width_em, wrapped


def test_a_wide_character_counts_as_one_em_and_an_accent_as_nothing():
    assert width_em("日本") == pytest.approx(2.1)
    assert width_em("e\u0301") == pytest.approx(width_em("é"))
    assert width_em("👩‍👩‍👧‍👦") == width_em("日")


def test_clipped_text_fits_and_ends_with_an_ellipsis():
    shown = clipped("several words that are too long for the place", 10, 100)
    assert shown.endswith("…")
    assert width_em(shown) * 10 <= 100 + 4
    assert clipped("short", 10, 100) == "short"


def test_wrapped_text_keeps_every_word_until_its_last_line():
    text = "one two three four five six seven eight nine ten"
    assert " ".join(wrapped(text, 10, 100, 9)) == text
    assert len(wrapped(text, 10, 100, 2)) == 2
    assert wrapped(text, 10, 100, 2)[-1].endswith("…")
