"""Ranges of texts that hold secrets."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np


class SecretSpan(NamedTuple):
    """One secret in a text."""

    begin: int
    end: int
    rule: str
    value: str
    """The secret itself, decoded if the text holds it escaped or as base64."""
    is_number: bool = False
    """Whether it is a JSON number without quotes, which must stay a number."""


class Cut(NamedTuple):
    """A range of characters to redact."""

    begin: int
    end: int
    is_number: bool = False
    """As in `SecretSpan`."""


def outermost(spans: Iterable[SecretSpan]) -> list[SecretSpan]:
    """Return spans in order, without those that lie inside another."""
    kept: list[SecretSpan] = []
    # The sort is stable: of two equal spans, that of the earlier and more specific pattern is kept.
    for span in sorted(spans, key=lambda span: (span.begin, -span.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept


def cuts_by_text(texts: Sequence[str], spans: Sequence[SecretSpan]) -> dict[int, list[Cut]]:
    """Split spans, which are offsets into all texts joined, into cuts by index of the text, in order and without overlaps."""
    cuts: dict[int, list[Cut]] = {}
    if not spans:
        return cuts
    begins = np.cumsum([0, *map(len, texts)])
    done = 0
    for span in sorted(spans):
        place = max(span.begin, done)
        done = max(done, span.end)
        index = int(np.searchsorted(begins, place, side="right")) - 1
        while place < span.end:
            end = min(span.end, int(begins[index + 1]))
            if place < end:
                cuts.setdefault(index, []).append(
                    Cut(place - int(begins[index]), end - int(begins[index]), span.is_number)
                )
            place = end
            index += 1
    return cuts
