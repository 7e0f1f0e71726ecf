"""About how wide a text is in a face that is not known: a picture may load no font, so each reader has another one.

The estimates are those of wide faces, such as Verdana and DejaVu Sans, so that a line rarely leaves its place.
"""

from collections.abc import Iterator

from wcwidth import iter_graphemes, wcswidth

_MONO_EM = 0.61
_WIDE_EM = 1.05
_EMS = {
    **dict.fromkeys("ijl.,:;'|!`", 0.33),
    **dict.fromkeys('ftrI()[]{}/\\-" ', 0.4),
    **dict.fromkeys("mwMW@%", 0.95),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&#=+<>~", 0.74),
}
_OTHER_EM = 0.61


def width_em(text: str, *, mono: bool = False) -> float:
    """Return about how wide a text is, in multiples of the size of its font."""
    return sum(_character_em(character, mono=mono) for character in _characters(text))


def clipped(text: str, size: float, width: float) -> str:
    """Return as much of a text as fits into a width in pixels, with an ellipsis if it is not all of it."""
    text = " ".join(text.split())
    if width_em(text) * size <= width:
        return text
    left_em = width / size - 1
    kept = ""
    for character in _characters(text):
        left_em -= _character_em(character, mono=False)
        if left_em < 0:
            break
        kept += character
    return f"{kept.rstrip()}…"


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """Return a text in at most so many lines. The last one is clipped."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and width_em(" ".join(words[: count + 1])) * size <= width:
            count += 1
        lines.append(clipped(" ".join(words[:count]), size, width))
        words = words[count:]
    return [*lines, clipped(" ".join(words), size, width)] if words else lines


def _character_em(character: str, *, mono: bool) -> float:
    if character.isascii():
        return _MONO_EM if mono else _EMS.get(character, _OTHER_EM)
    cells = wcswidth(character)
    return _WIDE_EM if cells > 1 else _OTHER_EM * max(cells, 0)


def _characters(text: str) -> Iterator[str]:
    """Yield what a reader sees as one character."""
    return iter(text) if text.isascii() else iter_graphemes(text)
