"""Find values in the JSON of units that are secrets by the names around them, such as `password`, also in JSON within a text."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from viewer.redaction.json_keys.in_text import find_named_in_json, find_named_in_text
from viewer.redaction.json_keys.leaves import find_named_leaves
from viewer.redaction.json_keys.names import mention_secret
from viewer.redaction.json_keys.pairs import is_loose_value_key, is_value_key
from viewer.redaction.json_keys.strings import Layout, Leaves
from viewer.redaction.spans import SecretSpan
from viewer.types.chunk_table import Ints


def find_named_values(
    leaves: Leaves, order: Ints, texts: list[str], borders: Ints, *, continued: bool
) -> list[SecretSpan]:
    """Return the texts with secret names, also those in JSON that is itself a text.

    Args:
        leaves: the texts of all units.
        order: the order that sorts the leaves by lane.
        texts: the texts in that order. The returned spans are offsets into all of them joined.
        borders: where in `texts` a new lane begins.
        continued: whether the texts of a lane are parsed as one, for JSON that is split over events.
    """
    begins = np.cumsum([0, *map(len, texts)])
    spans: list[SecretSpan] = []
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    for leaf, rule, skipped in find_named_leaves(leaves):
        at = int(begins[rank[leaf]])
        value = leaves.text[leaf]
        spans.append(SecretSpan(at + skipped, at + len(value), rule, value[skipped:]))
    edges = [0, *borders.tolist(), len(texts)] if continued else list(range(len(texts) + 1))
    for begin, end in pairwise(edges):
        spans += _find_in_lane(texts[begin:end], int(begins[begin]))
    return spans


def find_numbers_of_units(units: Sequence[str], layouts: Sequence[Layout]) -> dict[int, list[SecretSpan]]:
    """Return the numbers that are secrets by name, by the index of their unit."""
    known: dict[int, bool] = {}
    chosen: list[int] = []
    for index, layout in enumerate(layouts):
        may_tell = known.get(id(layout))
        if may_tell is None:
            may_tell = known[id(layout)] = any(map(_may_hold_number, layout.open_names))
        if may_tell:
            chosen.append(index)
    numbers: dict[int, list[SecretSpan]] = {}
    for at, span in find_named_in_json([units[index] for index in chosen]):
        if span.is_number:
            numbers.setdefault(chosen[at], []).append(span)
    return numbers


def _may_hold_number(key: str) -> bool:
    return mention_secret((key,)) is True or (is_value_key(key) and not is_loose_value_key(key))


def _find_in_lane(pieces: list[str], begin: int) -> Iterator[SecretSpan]:
    """Yield the secrets in the JSON that the texts of one lane form together, or each by itself."""
    found = list(find_named_in_text("".join(pieces), may_be_cut=True))
    # Some protocols send the whole text again with each event, as far as it has come.
    if len(pieces) > 1 and sum(piece.lstrip()[:1] in ("{", "[") for piece in pieces if piece) > 1:
        place = 0
        for piece in pieces:
            found += [
                span._replace(begin=place + span.begin, end=place + span.end)
                for span in find_named_in_text(piece, may_be_cut=True)
            ]
            place += len(piece)
    return (span._replace(begin=begin + span.begin, end=begin + span.end) for span in found)
