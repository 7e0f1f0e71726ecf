"""Styles of text on a terminal."""

from collections.abc import Callable

from viewer.text.safe import visible_line

BOLD, DIM, RED, YELLOW = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"
_RESET = "\x1b[0m"

Paint = Callable[[str, str], str]
"""Takes a text and its style; "" is no style."""


def painter(*, coloured: bool) -> Paint:
    """Return a function that puts a text on one line and paints it, if colours are wanted.

    All that is printed passes through it, so that recorded text and file names cannot command the terminal.
    """

    def paint(text: str, style: str) -> str:
        safe = visible_line(text)
        return f"{style}{safe}{_RESET}" if coloured and style and safe else safe

    return paint
