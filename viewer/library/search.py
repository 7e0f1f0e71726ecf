"""Search in the texts of many streams, in bounded time: patterns are those of RE2, which does not backtrack.

https://github.com/google/re2/wiki/Syntax
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

SEARCHED = ("content", "reasoning", "tools", "request")
LONGEST_PATTERN = 500
# RE2 takes time by the length of the text times that of the pattern, its counted repetitions written out.
_LARGEST_PATTERN = 4_000
_COUNTED = re.compile(r"\{(\d{1,9})?(?:,(\d{1,9})?)?\}")
_SLICE_CHARACTERS = 1 << 18
_WINDOW_CHARACTERS = 1 << 20
_OVERLAP_CHARACTERS = 1 << 12
_DEFAULT_DEADLINE_S = 10.0


class SearchError(ValueError):
    """Say why a pattern is not searched for; the message is for who wrote it."""


def matching(
    texts: pd.DataFrame,
    pattern: str,
    *,
    regex: bool = False,
    columns: Sequence[str] = SEARCHED,
    deadline_s: float = _DEFAULT_DEADLINE_S,
    clock: Callable[[], float] = time.monotonic,
) -> "pd.Series[bool]":
    """Return for each row of texts whether any column holds a pattern, in upper or lower case; an empty one is in all.

    Args:
        texts: `Batch.texts` or `Library.texts`.
        pattern: what to look for, word by word.
        regex: whether it is a regular expression (RE2) instead. In a text of more than a million characters a match of more
            than 4,096 characters may be missed.
        columns: where to look.
        deadline_s: how long the search may take.
        clock: seconds that only grow.

    Raises:
        SearchError: the pattern is no regular expression, or one that is too large, or the time is over.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise SearchError(f"A pattern of {len(pattern):,} characters is too long; {LONGEST_PATTERN} are the most.")
    if regex:
        _bounded(pattern)
    found = pd.Series(data=False, index=texts.index, dtype="bool")
    if not pattern:
        return ~found
    stop_s = clock() + deadline_s
    for column in columns:
        for rows, pieces in _slices(texts[column], windows=regex):
            if clock() > stop_s:
                raise SearchError(f"The search was not done after {deadline_s:g} s; look for something more exact.")
            hits = _hits(pieces, pattern, regex=regex)
            found.iloc[[row for row, hit in zip(rows, hits, strict=True) if hit]] = True
    return found


def _bounded(pattern: str) -> None:
    size = len(pattern)
    for low, high in _COUNTED.findall(pattern):
        size *= max(1, int(high or low or 1))
    if size > _LARGEST_PATTERN:
        raise SearchError("The pattern repeats too much; count less in { }, or use * and +.")
    try:
        pc.match_substring_regex(pa.array([""], pa.large_string()), pattern=pattern, ignore_case=True)
    except pa.ArrowInvalid as error:
        raise SearchError(f"Not a regular expression of RE2: {error}") from error


def _slices(texts: "pd.Series[Any]", *, windows: bool) -> Iterator[tuple[list[int], list[str]]]:
    """Yield pieces of texts with the rows they are of, few enough at a time that a clock can be looked at between."""
    rows: list[int] = []
    pieces: list[str] = []
    size = 0
    for row, text in enumerate(texts):
        for piece in _windows(text) if windows else (text,):
            rows.append(row)
            pieces.append(piece)
            size += len(piece)
            if size > _SLICE_CHARACTERS:
                yield rows, pieces
                rows, pieces, size = [], [], 0
    if rows:
        yield rows, pieces


def _windows(text: str) -> Iterator[str]:
    step = _WINDOW_CHARACTERS - _OVERLAP_CHARACTERS
    return (
        text[start : start + _WINDOW_CHARACTERS] for start in range(0, max(1, len(text) - _OVERLAP_CHARACTERS), step)
    )


def _hits(pieces: list[str], pattern: str, *, regex: bool) -> list[bool]:
    search = pc.match_substring_regex if regex else pc.match_substring
    hits: list[bool] = search(pa.array(pieces, pa.large_string()), pattern=pattern, ignore_case=True).to_pylist()
    return hits
