"""Search an output for what is left of a secret."""

from collections.abc import Iterable, Sequence

from tests.support.planting.kinds import Secret
from tests.support.planting.layers import texts_in

# A piece of this length of a random text stands nowhere by chance.
_PIECE = 8
_STEP = 2


def pieces_of(secret: Secret) -> list[str]:
    """Return texts of which one is in every remainder of a secret that says something: eight characters, or over half of it."""
    pieces = []
    for unique in secret.unique:
        size = _PIECE if len(unique) >= 2 * _PIECE else max(len(unique) // 2 + 1, min(len(unique), _PIECE - 1))
        if " " in unique:
            # Ordinary words stand elsewhere too.
            size = len(unique) // 2
        last = len(unique) - size
        pieces += [unique[place : place + size] for place in [*range(0, last, _STEP), last]]
    return pieces


def find_leak(texts: Iterable[str | bytes], secret: Secret) -> str | None:
    """Return the first text around a piece of the secret, or None if nothing of it is left."""
    pieces = pieces_of(secret)
    searched: set[str | bytes] = set()
    for output in texts:
        if output in searched:
            continue
        searched.add(output)
        for text in texts_in(output):
            if leak := _first(text, pieces):
                place = text.index(leak)
                return text[max(0, place - 60) : place + 60]
    return None


def _first(text: str, pieces: Sequence[str]) -> str | None:
    return next((piece for piece in pieces if piece in text), None)
