"""Search in the texts of many streams, in bounded time. Regular expressions are those of RE2, which does not backtrack.

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
MAX_PATTERN_CHARACTERS = 500
# RE2's time grows with the length of the text times that of the pattern with its counted repetitions written out.
_MAX_EXPANDED_CHARACTERS = 4_000
_COUNTED = re.compile(r"\{(\d{1,9})?(?:,(\d{1,9})?)?\}")
# Searched between two looks at the clock.
_SLICE_CHARACTERS = 1 << 18
# A longer text is cut into windows, which overlap so that a match on the edge is found.
_WINDOW_CHARACTERS = 1 << 20
_OVERLAP_CHARACTERS = 1 << 12
_DEFAULT_DEADLINE_S = 10.0


class SearchError(ValueError):
    """A pattern cannot be searched for. The message tells its author why."""


def matching(
    texts: pd.DataFrame,
    pattern: str,
    *,
    regex: bool = False,
    columns: Sequence[str] = SEARCHED,
    deadline_s: float = _DEFAULT_DEADLINE_S,
    clock: Callable[[], float] = time.monotonic,
) -> "pd.Series[bool]":
    """Return for each row of texts whether any column contains a pattern, ignoring case. An empty pattern is in every row.

    Args:
        texts: `Batch.texts` or `Library.texts`.
        pattern: the text to look for.
        regex: whether the pattern is a regular expression (RE2). In a text of more than a million characters, a match of more
            than 4,096 characters may be missed.
        columns: the columns to look in.
        deadline_s: how long the search may take.
        clock: returns monotonic seconds; only for tests.

    Raises:
        SearchError: the pattern is not a regular expression, is too large, or the time is up.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise SearchError(f"The pattern has {len(pattern):,} characters; at most {MAX_PATTERN_CHARACTERS} are allowed.")
    if regex:
        _check_regex(pattern)
    found = pd.Series(data=False, index=texts.index, dtype="bool")
    if not pattern:
        return ~found
    stop_s = clock() + deadline_s
    for column in columns:
        for rows, pieces in _slices(texts[column], windows=regex):
            if clock() > stop_s:
                raise SearchError(f"The search did not finish within {deadline_s:g} s; use a more specific pattern.")
            hits = _hits(pieces, pattern, regex=regex)
            found.iloc[[row for row, hit in zip(rows, hits, strict=True) if hit]] = True
    return found


def _check_regex(pattern: str) -> None:
    size = len(pattern)
    for low, high in _COUNTED.findall(pattern):
        size *= max(1, int(high or low or 1))
    if size > _MAX_EXPANDED_CHARACTERS:
        raise SearchError("The pattern repeats too much; use smaller counts in { }, or * and +.")
    try:
        pc.match_substring_regex(pa.array([""], pa.large_string()), pattern=pattern, ignore_case=True)
    except pa.ArrowInvalid as error:
        raise SearchError(f"This is not an RE2 regular expression: {error}") from error


def _slices(texts: "pd.Series[Any]", *, windows: bool) -> Iterator[tuple[list[int], list[str]]]:
    """Yield pieces of texts with their rows, few enough at a time that the clock can be checked in between."""
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
