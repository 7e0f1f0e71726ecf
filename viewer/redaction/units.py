"""Redact the units of a body: the events of a stream, or a whole body that is not a stream.

The texts in the JSON of a unit are redacted where they were written. Keys, punctuation and all other escapes stay.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from viewer.redaction.escapes import decode
from viewer.redaction.json_keys.strings import Layout, Leaves, Place, find_leaves, find_strings
from viewer.redaction.json_keys.values import find_named_values, find_numbers_of_units
from viewer.redaction.marks import MARK, mark_cut, mark_cuts, mark_visible
from viewer.redaction.rules import Rules
from viewer.redaction.spans import Cut, SecretSpan, cuts_by_text, outermost
from viewer.redaction.texts import find_joined
from viewer.types.chunk_table import Ints

# A stream cannot be read again without these. No person or model wrote them.
_STRUCTURE_KEYS = frozenset(
    {"type", "object", "role", "model", "modelVersion", "finish_reason", "finishReason", "stop_reason", "stopReason"}
    | {"status", "event", "done_reason", "created_at", "created", "service_tier", "state", "kind", "op", "code"}
)
# Everything under these was chosen by a model or a person, keys included.
_FREE_FORM_KEYS = frozenset({"args", "arguments", "input", "parameters", "partialJson"})
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:/@+-]{1,64}")
_BARE_NUMBER = re.compile(r"[\[:,\s]-?[0-9][0-9.eE+-]*+[\]},\s]")
_SSE_FIELD = re.compile(r"^(?:data|event|id|retry):[ \t]?|^data: ?\[DONE\]", re.MULTILINE)


class _LeafCuts(NamedTuple):
    """The cuts of one text of a unit, in the decoded text."""

    ordinal: int
    cuts: list[Cut]


def redact_units(units: Sequence[str], rules: Rules, where: str, *, continued: bool = True) -> list[str]:
    """Redact the units of a body. A unit without secrets stays the same object.

    Args:
        units: texts with JSON in them, or any others.
        rules: what to redact.
        where: the place that findings name.
        continued: whether a text may continue in the next one of its lane. If not, each is searched by itself.
    """
    leaves = find_leaves(units)
    order = np.argsort(leaves.lane, kind="stable")
    texts = [leaves.text[leaf] for leaf in order.tolist()]
    if rules.everything:
        spans = _all_spans(leaves, order, texts)
    else:
        candidates = _secret_spans(leaves, order, texts, rules, continued=continued)
        spans = [span for span in candidates if rules.should_redact(span, where)]
    redacted = list(units)
    if not rules.everything:
        for index, numbers in find_numbers_of_units(units, leaves.layouts).items():
            found = [Cut(one.begin, one.end, is_number=True) for one in numbers if rules.should_redact(one, where)]
            # A redacted number is as long as it was, and the layout stays.
            redacted[index] = mark_cuts(units[index], found)
    for index, cuts in _cuts_by_unit(leaves, order, cuts_by_text(texts, spans)).items():
        redacted[index] = _rewrite(redacted[index], leaves.layouts[index], cuts)
    redacted = _redact_rest(redacted, leaves, rules, where)
    if continued:
        # Events of an unknown protocol are shown as their JSON. They need not be searched again there.
        rules.finder.remember_clean(
            new.strip() for old, new in zip(units, redacted, strict=True) if old == new and old.startswith("{")
        )
    return redacted


def redact_event(unit: str, old: str, new: str) -> str:
    """Redact the text of a chunk in the unit of its event. `old` and `new` are the chunk's text before and after redaction.

    The text may be one of the unit's texts, a part of one, or put together from several.
    """
    leaves = find_leaves([unit])
    changed = [index for index, mark in enumerate(new) if mark != old[index : index + 1]]
    changes: list[_LeafCuts] = []
    for leaf, text in enumerate(leaves.text):
        cuts: list[Cut] = []
        if text and (place := old.find(text)) >= 0:
            cuts = [
                Cut(at - place, at - place + 1, new[at] != MARK) for at in changed if place <= at < place + len(text)
            ]
        elif old and (place := text.find(old)) >= 0:
            cuts = [Cut(place + at, place + at + 1, new[at] != MARK) for at in changed]
        if cuts:
            changes.append(_LeafCuts(leaf, cuts))
    if changes:
        return _rewrite(unit, leaves.layouts[0], changes)
    return unit.replace(old, new)


def blank_unit(unit: str) -> str:
    """Redact all texts of a unit except those that it cannot be read without."""
    leaves = find_leaves([unit])
    changes = [
        _LeafCuts(leaf, [Cut(0, len(text))])
        for leaf, text in enumerate(leaves.text)
        if text and not _is_structure(leaves.place(leaf), text)
    ]
    return _rewrite(unit, leaves.layouts[0], changes) if leaves.text else mark_visible(unit)


def _all_spans(leaves: Leaves, order: Ints, texts: list[str]) -> list[SecretSpan]:
    ends = np.cumsum([0, *map(len, texts)]).tolist()
    return [
        SecretSpan(ends[index], ends[index + 1], "", "")
        for index, leaf in enumerate(order.tolist())
        if texts[index] and not _is_structure(leaves.place(leaf), texts[index])
    ]


def _secret_spans(leaves: Leaves, order: Ints, texts: list[str], rules: Rules, *, continued: bool) -> list[SecretSpan]:
    borders = np.flatnonzero(np.diff(leaves.lane[order])) + 1
    named = find_named_values(leaves, order, texts, borders, continued=continued)
    spans = [span for span in named if rules.concerns(span.rule)]
    # Streams repeat most of their texts on every event. Searching each once shows whether any holds a secret.
    if rules.finder.finds_any(texts):
        spans += find_joined(texts, np.arange(1, len(texts)), rules.finder)
    if continued:
        spans += find_joined(texts, borders, rules.finder)
    return outermost(spans)


def _is_structure(place: Place, text: str) -> bool:
    is_fixed = _FREE_FORM_KEYS.isdisjoint(place.path.split("/"))
    return is_fixed and place.name in _STRUCTURE_KEYS and _IDENTIFIER.fullmatch(text) is not None


def _cuts_by_unit(leaves: Leaves, order: Ints, cuts: dict[int, list[Cut]]) -> dict[int, list[_LeafCuts]]:
    """Group cuts, given by index into `order`, by unit and in the order of its texts."""
    units: dict[int, list[_LeafCuts]] = {}
    for index in sorted(cuts, key=lambda index: int(order[index])):
        leaf = int(order[index])
        units.setdefault(int(leaves.unit[leaf]), []).append(_LeafCuts(int(leaves.ordinal[leaf]), cuts[index]))
    return units


def _rewrite(unit: str, layout: Layout, changes: list[_LeafCuts]) -> str:
    """Mark cuts of a unit's texts. All else stays as written, escapes included."""
    strings = find_strings(unit)
    parts: list[str] = []
    place = 0
    for ordinal, cuts in changes:
        begin, end = strings[layout.places[ordinal].string]
        quoted = unit[begin:end]
        view = decode(quoted) if "\\" in quoted else None
        for cut in cuts:
            if view is None:
                parts += (unit[place : begin + cut.begin], mark_cut(quoted, cut))
                place = begin + cut.end
            else:
                parts.append(unit[place : begin + view.source_index(cut.begin)])
                parts.append(mark_cut(view.text, cut).replace("\n", "\\n").replace("\r", "\\r"))
                place = begin + view.source_index(cut.end)
    parts.append(unit[place:])
    return "".join(parts)


def _redact_rest(units: list[str], leaves: Leaves, rules: Rules, where: str) -> list[str]:
    """Redact what is outside of JSON texts: comments, keys, form fields, a body that is not JSON."""
    if rules.everything:
        units = [unit if _holds_json(unit) else mark_visible(unit) for unit in units]
    # In a text that is not JSON, a secret may have quotes within it or around it.
    loose = [unit for unit, layout in zip(units, leaves.layouts, strict=True) if not layout.is_json]
    if not rules.finder.finds_any([*leaves.rest, *loose]):
        return units
    spans = find_joined(units, np.arange(1, len(units)), rules.finder)
    found = [span for span in spans if rules.should_redact(span, where, second_pass=True)]
    for index, cuts in cuts_by_text(units, found).items():
        is_json = leaves.layouts[index].is_json
        units[index] = mark_cuts(units[index], [_as_number(units[index], cut) if is_json else cut for cut in cuts])
    return units


def _as_number(unit: str, cut: Cut) -> Cut:
    """Return a cut that keeps a number a number if it is one outside of the strings of JSON."""
    return cut._replace(is_number=_BARE_NUMBER.fullmatch(unit, max(cut.begin - 1, 0), cut.end + 1) is not None)


def _holds_json(unit: str) -> bool:
    return '"' in unit or _SSE_FIELD.match(unit) is not None
