"""Find texts in JSON that are secrets by name, such as the value of `password` or a header in a list of headers."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from viewer.redaction.escapes import decode
from viewer.redaction.json_strings import Layout, Leaves, Place, find_leaves, find_strings
from viewer.redaction.names import header_rule, is_secret_key, may_be_secret_key
from viewer.redaction.spans import SecretSpan
from viewer.types.chunk_table import Ints

# How many layers of JSON inside a JSON text are parsed.
_MAX_DEPTH = 3
# A pair of `name` and `value` in one of these is a header, a cookie or a URL parameter.
_PAIR_LISTS = ("header", "cookie", "querystring")


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
    for leaf, rule in _named_leaves(leaves):
        at = int(begins[rank[leaf]])
        value = leaves.text[leaf]
        spans.append(SecretSpan(at, at + len(value), rule, value))
    edges = [0, *borders.tolist(), len(texts)] if continued else list(range(len(texts) + 1))
    for begin, end in pairwise(edges):
        # The first piece of a tool call's arguments is empty in every stream of OpenAI.
        if _may_be_json(next((text for text in texts[begin:end] if text.strip()), "")):
            at = int(begins[begin])
            text = "".join(texts[begin:end])
            if '"' in text and ":" in text:
                inner = _find_in_json(text, _MAX_DEPTH)
                spans += [span._replace(begin=at + span.begin, end=at + span.end) for span in inner]
    return spans


def _may_be_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _find_in_json(text: str, depth: int) -> Iterator[SecretSpan]:
    leaves = find_leaves([text])
    strings = find_strings(text)
    named = dict(_named_leaves(leaves))
    for leaf, value in enumerate(leaves.text):
        begin, end = strings[leaves.place(leaf).string]
        if leaf in named:
            yield SecretSpan(begin, end, named[leaf], value)
        elif depth and _may_be_json(value) and '"' in value:
            view = decode(text[begin:end])
            for span in _find_in_json(view.text, depth - 1):
                yield span._replace(
                    begin=begin + view.source_index(span.begin), end=begin + view.source_index(span.end)
                )


def _named_leaves(leaves: Leaves) -> Iterator[tuple[int, str]]:
    """Yield the index of each leaf with a secret name, and the rule."""
    # Most layouts have no such name. Each is looked at once.
    candidates: dict[int, list[tuple[int, Place]]] = {}
    first = 0
    for layout in leaves.layouts:
        places = candidates.get(id(layout))
        if places is None:
            places = candidates[id(layout)] = [pair for pair in enumerate(layout.places) if _may_be_named(pair[1])]
        for ordinal, place in places:
            leaf = first + ordinal
            rule = _rule(place, _name(leaves, layout, place, first), leaves.text[leaf])
            if rule:
                yield leaf, rule
        first += len(layout.places)


def _may_be_named(place: Place) -> bool:
    path = place.path.lower()
    if place.name_string >= 0 or "header" in path:
        return any(word in path for word in _PAIR_LISTS)
    # A JSON schema describes a password, but does not hold it.
    return may_be_secret_key(place.name) and not place.path.endswith("/properties")


def _name(leaves: Leaves, layout: Layout, place: Place, first: int) -> str:
    """Return the name of a text: its key, or the text under `name` if its key is `value`."""
    if place.name_string < 0:
        return place.name
    return next(
        (leaves.text[first + index] for index, one in enumerate(layout.places) if one.string == place.name_string), ""
    )


def _rule(place: Place, name: str, value: str) -> str | None:
    path = place.path.lower()
    if "cookie" in path and place.name_string >= 0:
        return "header-secret" if value.strip("•") else None
    if "header" in path or place.name_string >= 0:
        return header_rule(name, value)
    return "json-key" if is_secret_key(name, value) else None
