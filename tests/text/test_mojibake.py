"""UTF-8 that was read as windows-1252, as browsers read text without a charset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.text.mojibake import restore_utf_8

UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)


def misread(text):
    """Read UTF-8 as a browser does: https://encoding.spec.whatwg.org/index-windows-1252.txt."""
    return "".join(chr(byte) if byte in UNDEFINED else bytes([byte]).decode("cp1252") for byte in text.encode())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_misread_text_is_restored(text):
    assert restore_utf_8(misread(text)).data == (None if text.isascii() else text.encode())
    assert restore_utf_8(text.encode().decode("latin-1")).data == (None if text.isascii() else text.encode())


@pytest.mark.parametrize(
    "text", ["", "ascii", "naïve café", "São – “olá”", "NÃO", "Ünï", "日本語", "Привет", "😀", "Ã", "Â©?"[:1]]
)
def test_text_that_was_read_correctly_stays(text):
    assert restore_utf_8(text) == (None, 0, False)


@pytest.mark.parametrize("text", [misread("it’s") + " 日本", misread("é") + " naïve", misread("é’") + " \ufffd"])
def test_text_that_is_misread_in_part_is_doubtful(text):
    assert restore_utf_8(text) == (None, 0, True)


def test_characters_whose_bytes_were_dropped_are_counted():
    dropped = "".join(character for character in misread("it’s “ok” €") if ord(character) not in UNDEFINED)
    assert restore_utf_8(dropped) == ("it’s “ok\ufffd €".encode(), 1, False)


def test_text_may_be_cut_off_in_a_character():
    assert restore_utf_8(misread("é’’")[:-1]).data == "é’\ufffd".encode()
