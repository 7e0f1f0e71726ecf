"""Redact what a YAML text has outside of its scalars: comments, anchors, aliases and tags."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from viewer.redaction.marks import mark_text
from viewer.redaction.rewriting.yaml_scalars import Scalar
from viewer.redaction.rules import Rules
from viewer.redaction.spans import cuts_by_text
from viewer.redaction.texts import find_joined

# A comment, an anchor, an alias, a tag and a directive begin with one of these. All else is punctuation.
_SIGN = re.compile(r"[#&*!%]")
# What stands before the value of a scalar: its anchor, its tag, and the header of a block with the comment behind it.
_SCALAR_HEAD = re.compile(r"(?:[&!]\S*\s+)*(?:[|>][^\n]*)?")


class _Gap(NamedTuple):
    """A range outside of the values of scalars."""

    begin: int
    end: int


def redact_comments(text: str, scalars: Sequence[Scalar], rules: Rules, where: str) -> str:
    """Redact the secrets outside of scalars, one character for one, so that the positions of the scalars stay."""
    gaps = list(_gaps(text, scalars))
    texts = [text[begin:end] for begin, end in gaps]
    spans = find_joined(texts, np.arange(1, len(texts)), rules.finder)
    cuts = cuts_by_text(texts, [span for span in spans if rules.should_redact(span, where)])
    parts: list[str] = []
    place = 0
    for index in sorted(cuts):
        for cut in cuts[index]:
            begin, end = gaps[index].begin + cut.begin, gaps[index].begin + cut.end
            parts += (text[place:begin], _marks(text, begin, end))
            place = end
    return "".join([*parts, text[place:]])


def _gaps(text: str, scalars: Sequence[Scalar]) -> Iterator[_Gap]:
    """Yield the ranges outside of the values of scalars that hold more than punctuation."""
    place = 0
    for scalar in scalars:
        head = _SCALAR_HEAD.match(text, scalar.begin, scalar.end)
        begin = head.end() if head else scalar.begin
        if _SIGN.search(text, place, begin):
            yield _Gap(place, begin)
        place = scalar.end
    if _SIGN.search(text, place):
        yield _Gap(place, len(text))


def _marks(text: str, begin: int, end: int) -> str:
    """Return marks for a comment. The name of an anchor or a tag must consist of letters."""
    line_begin = text.rfind("\n", 0, begin) + 1
    return mark_text(text[begin:end]) if "#" in text[line_begin:begin] else "x" * (end - begin)
