"""Redact plain texts, and texts that continue one another.

A stream splits a secret over its events. Texts that continue one another are therefore joined and searched as one, and each
is redacted where the secret covers it.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from viewer.redaction.finder import SEPARATOR, SecretFinder
from viewer.redaction.marks import mark_cuts, mark_text
from viewer.redaction.rules import Rules
from viewer.redaction.spans import SecretSpan, cuts_by_text
from viewer.types.chunk_table import Ints


def redact_text(text: str, rules: Rules, where: str, *, second_pass: bool = False) -> str:
    """Redact the secrets of a plain text, or all of it if `rules.everything`."""
    if rules.everything:
        return mark_text(text)
    if rules.finder.is_clean(text):
        return text
    found = rules.finder.find(text)
    if not found:
        rules.finder.remember_clean([text])
        return text
    spans = [span for span in found[::-1] if rules.should_redact(span, where, second_pass=second_pass)]
    return mark_cuts(text, cuts_by_text([text], spans).get(0, []))


def redact_pieces(pieces: Sequence[str], lanes: Ints, rules: Rules, where: str) -> list[str] | None:
    """Redact the secrets that texts of one lane hold together. Return None if there are none.

    The texts must be sorted by lane.
    """
    borders = np.flatnonzero(np.diff(lanes)) + 1
    spans = find_joined(pieces, borders, rules.finder)
    cuts = cuts_by_text(pieces, [span for span in spans if rules.should_redact(span, where, second_pass=True)])
    if not cuts:
        return None
    redacted = list(pieces)
    for index, ranges in cuts.items():
        redacted[index] = mark_cuts(redacted[index], ranges)
    return redacted


def find_joined(texts: Sequence[str], borders: Ints, finder: SecretFinder) -> list[SecretSpan]:
    """Return the secrets in texts that are joined except at the borders. The spans are offsets into all texts joined.

    If several texts between two borders are all equal, they are skipped: repeating a text does not make it a secret.
    """
    edges = [0, *borders.tolist(), len(texts)]
    lanes = [
        (begin, end)
        for begin, end in pairwise(edges)
        if end - begin == 1 or (end > begin and texts[begin:end].count(texts[begin]) < end - begin)
    ]
    joined = ["".join(texts[begin:end]) for begin, end in lanes]
    new = [index for index, lane in enumerate(joined) if not finder.is_clean(lane)]
    lanes = [lanes[index] for index in new]
    joined = [joined[index] for index in new]
    spans = finder.find(SEPARATOR.join(joined))
    if not spans:
        finder.remember_clean(joined)
        return []
    # Where each searched lane begins among all texts, and where in the text that was searched.
    ends = np.cumsum([0, *map(len, texts)])
    true_begins = ends[[begin for begin, _ in lanes]]
    begins = np.cumsum([0, *(len(lane) + len(SEPARATOR) for lane in joined[:-1])])
    moved = []
    for span in spans:
        lane = int(np.searchsorted(begins, span.begin, side="right")) - 1
        shift = int(begins[lane] - true_begins[lane])
        moved.append(span._replace(begin=span.begin - shift, end=span.end - shift))
    return moved
