"""Redact what a YAML text has outside of its scalars: comments, anchors, aliases and tags."""

import re
from collections.abc import Iterator, Sequence

from viewer.redaction.marks import mark_text
from viewer.redaction.rules import Rules
from viewer.redaction.spans import Cut
from viewer.redaction.texts import SEPARATOR
from viewer.redaction.yaml_scalars import Scalar

# A shorter one holds no secret.
_MIN_LENGTH = 8
# What stands before the value of a scalar: its anchor, its tag, and the header of a block with the comment behind it.
_SCALAR_HEAD = re.compile(r"(?:[&!]\S*\s+)*(?:[|>][^\n]*)?")


def redact_comments(text: str, scalars: Sequence[Scalar], rules: Rules, where: str) -> str:
    """Redact the secrets outside of scalars, one character for one, so that the positions of the scalars stay."""
    gaps = [gap for gap in _gaps(text, scalars) if gap.end - gap.begin >= _MIN_LENGTH]
    joined = SEPARATOR.join(text[gap.begin : gap.end] for gap in gaps)
    found = rules.finder.find(joined)
    place, edits = 0, []
    for begin, end, _ in gaps:
        size = end - begin
        for span in found:
            low, high = max(span.begin, place), min(span.end, place + size)
            if low < high and rules.should_redact(span, where):
                edits.append((begin + low - place, begin + high - place))
        place += size + len(SEPARATOR)
    for begin, end in reversed(edits):
        text = text[:begin] + _marks(text, begin, end) + text[end:]
    return text


def _gaps(text: str, scalars: Sequence[Scalar]) -> Iterator[Cut]:
    """Yield the ranges outside of the values of scalars that can hold more than punctuation."""
    place = 0
    for scalar in scalars:
        head = _SCALAR_HEAD.match(text, scalar.begin, scalar.end)
        begin = head.end() if head else scalar.begin
        if begin - place >= _MIN_LENGTH:
            yield Cut(place, begin)
        place = scalar.end
    yield Cut(place, len(text))


def _marks(text: str, begin: int, end: int) -> str:
    """Return marks for a comment. The name of an anchor or a tag must consist of letters."""
    line = text[text.rfind("\n", 0, begin) + 1 : begin]
    return mark_text(text[begin:end]) if "#" in line else "x" * (end - begin)
