"""How alike a recorded and an asked value are if they are not equal: dates, ids and spaces in texts, and placeholders, do not count."""

import re
from enum import IntEnum
from typing import Any

from viewer.comparison.normalise import VOLATILE, without_generated
from viewer.playback.placeholders import MARKS, fits_placeholders, holds_placeholder, is_redacted_number
from viewer.text.json import is_number


class Likeness(IntEnum):
    """How two values are the same, the surest first."""

    EQUAL = 0
    EXCEPT_DATES = 1
    """Only dates, generated ids or white space in texts differ."""
    EXCEPT_PLACEHOLDERS = 2
    """One holds placeholders where the other has values."""


_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[ap]\.?m\b\.?)?"
_DATE = re.compile(
    # A weekday may stand before a date, a time of day and a zone after it.
    r"(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    rf"(?:\b\d{{4}}-\d\d-\d\d|\b\d{{1,2}}/\d{{1,2}}/\d{{4}}|\b\d{{1,2}}[ -]{_MONTHS}[ -]\d{{4}}"
    rf"|\b{_MONTHS}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}}\b|(?=\s{_CLOCK})))"
    rf"(?:(?:[T ]|,\s|\sat\s){_CLOCK})?(?:\s\d{{4}}\b)?(?:\s?(?:Z|UTC|GMT)\b)?(?:\s?[+-]\d\d:?\d\d\b)?"
    r"|\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b",
    re.IGNORECASE | re.ASCII,
)
# The longest date has some 50 characters.
_MARGIN = 64
_MARKS = MARKS.decode()
_SPACES = re.compile(r"\s+")
# What two texts that differ only in dates, ids and spaces may not have in common. The rest of them must be equal.
_SOFT = bytes({*range(33), *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-+:.,/\\"})


def outline(text: bytes) -> bytes:
    """Return what is left of canonical JSON without any character of a date, an id or a space.

    Values that are alike except for dates have equal outlines, so that hardly any others need to be compared.
    """
    return text.translate(None, _SOFT)


def likeness(recorded: Any, asked: Any) -> Likeness | None:
    """Return how alike two JSON values are; None if they differ."""
    if isinstance(recorded, str):
        return _likeness_of_texts(recorded, asked)
    if isinstance(recorded, dict) and isinstance(asked, dict):
        if recorded.keys() != asked.keys():
            return None
        return _of_all([(one, asked[key]) for key, one in recorded.items()])
    if isinstance(recorded, list) and isinstance(asked, list):
        return _of_all(list(zip(recorded, asked, strict=True))) if len(recorded) == len(asked) else None
    if recorded == asked and isinstance(recorded, bool) == isinstance(asked, bool):
        return Likeness.EQUAL
    if is_number(recorded) and is_number(asked) and is_redacted_number(recorded):
        return Likeness.EXCEPT_PLACEHOLDERS
    return None


def _of_all(pairs: list[tuple[Any, Any]]) -> Likeness | None:
    worst = Likeness.EQUAL
    for recorded, asked in pairs:
        found = likeness(recorded, asked)
        if found is None:
            return None
        worst = max(worst, found)
    return worst


def _likeness_of_texts(recorded: str, asked: Any) -> Likeness | None:
    if not isinstance(asked, str):
        # A recorder may replace a whole object.
        return Likeness.EXCEPT_PLACEHOLDERS if fits_placeholders(recorded, "") else None
    if recorded == asked:
        return Likeness.EQUAL
    if _outline(recorded) == _outline(asked):
        one, other = _around_differences(recorded, asked)
        if _without_dates(one) == _without_dates(other):
            return Likeness.EXCEPT_DATES
    # A client repeats what it was served, in which secrets are replaced by marks, while the recorded request still has them.
    for pattern, text in ((recorded, asked), (asked, recorded)):
        is_pattern = holds_placeholder(pattern) if pattern is recorded else _MARKS in pattern
        if is_pattern and (
            fits_placeholders(pattern, text) or fits_placeholders(_without_dates(pattern), _without_dates(text))
        ):
            return Likeness.EXCEPT_PLACEHOLDERS
    return None


def _outline(text: str) -> bytes:
    return outline(text.encode("utf-8", "surrogatepass"))


def _without_dates(text: str) -> str:
    """Return a text with single spaces, and with "…" in place of dates and generated ids."""
    return _SPACES.sub(" ", without_generated(_DATE.sub(VOLATILE, text))).strip()


def _around_differences(one: str, other: str) -> tuple[str, str]:
    """Return two texts without what they have in common at both ends, but for as much as a date or an id can reach into it."""
    begin = common_start(one, other)
    # Counted from the end, the two stretches must not overlap.
    end = common_start(one[begin:][::-1], other[begin:][::-1])
    begin, end = max(begin - _MARGIN, 0), max(end - _MARGIN, 0)
    return one[begin : len(one) - end], other[begin : len(other) - end]


def common_start(one: str, other: str) -> int:
    """Return how many characters at the beginning are equal."""
    # Comparing slices is a hundred times as fast as comparing characters.
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
