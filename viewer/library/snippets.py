"""The places in texts where a search has found something, each with the words around it."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from viewer.library.search import SEARCHED

# Few, so that what was found is in sight in a narrow list.
_BEFORE_CHARACTERS = 24
_AFTER_CHARACTERS = 120
# A JSON escape takes up to six characters, and one that is cut in half must not show.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_CONTROLS = {"n": " ", "t": " ", "r": " ", "b": " ", "f": " "}
# In these columns, texts stand inside JSON.
_JSON_COLUMNS = frozenset({"request", "tools"})


class Hit(NamedTuple):
    """One place where a text was found."""

    column: str
    """The column of `texts`."""
    offset: int
    """In characters of the text of that column."""
    before: str
    found: str
    after: str


def hits_in(texts: dict[str, str], pattern: str, most: int) -> list[Hit]:
    """Return the first places where a row of texts has a pattern, ignoring case: first those in the answer, then the others.

    Args:
        texts: the text of each column.
        pattern: the text to look for, as in `viewer.library.matching`.
        most: how many places are returned at most.
    """
    return list(islice(_hits(texts, pattern), most)) if pattern else []


def _hits(texts: dict[str, str], pattern: str) -> Iterator[Hit]:
    for column in SEARCHED:
        text = texts.get(column, "")
        is_json = column in _JSON_COLUMNS
        end = 0
        for match in re.finditer(_expression(pattern, is_json=is_json), text, re.IGNORECASE):
            # Further places that the words around the last one show already add nothing.
            if match.start() < end:
                continue
            end = match.end() + _AFTER_CHARACTERS
            start = max(0, match.start() - _BEFORE_CHARACTERS)
            parts = (text[start : match.start()], match.group(), text[match.end() : end])
            before, found, after = map(_plain, parts) if is_json else parts
            yield Hit(column, match.start(), f"…{before}" if start else before, found, after)


def _expression(pattern: str, *, is_json: bool) -> str:
    escaped = json.dumps(pattern)[1:-1]
    forms = dict.fromkeys((pattern, escaped) if is_json else (pattern,))
    return "|".join(map(re.escape, forms))


def _plain(text: str) -> str:
    """Return part of a JSON text as its strings read."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _CONTROLS.get(match[2], match[2]), text)
