"""Strike secrets out of texts: each character that goes becomes one mark, so that lengths, lines and the JSON around it stay.

A stream splits a secret over its events: the texts that continue one another are joined and searched as one, and what is found
is struck from each.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from viewer.redaction.escapes import decoded
from viewer.redaction.finder import SecretFinder, SecretSpan
from viewer.redaction.findings import Ledger
from viewer.redaction.json_strings import Layout, Leaves, Place, leaves_of, written_strings
from viewer.redaction.names import header_rule, is_secret_key, may_be_secret_key
from viewer.types.chunk_table import Ints

MARK = "•"
# No pattern reaches over it.
_BETWEEN = "\n\0\n"
_DEPTH = 3
_BY_NAME = frozenset({"json-key", "header-secret", "header-identity", "url-secret"})
_HEADER_PAIRS = ("header", "cookie", "querystring")

# Without these a stream cannot be read again; none of them is anything that a person or a model wrote.
_STRUCTURE = frozenset(
    {"type", "object", "role", "model", "modelVersion", "finish_reason", "finishReason", "stop_reason", "stopReason"}
    | {"status", "event", "done_reason", "created_at", "created", "service_tier", "state", "kind", "op", "code"}
)
# What stands in these a model or a person chose, names too.
_GIVEN = frozenset({"args", "arguments", "input", "parameters", "partialJson"})
_WORD = re.compile(r"[A-Za-z0-9_.:/@+-]{1,64}")
_VISIBLE = re.compile(r"[^\s•]")
_FIELD = re.compile(r"^(?:data|event|id|retry):[ \t]?|^data: ?\[DONE\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rules:
    """Hold what is to be struck and who keeps the account."""

    finder: SecretFinder
    ledger: Ledger
    everything: bool = False
    """Whether all that was written goes, secret or not."""
    again: bool = False
    """Whether this is a second look at the same, which counts only what was not known before."""

    def should_redact(self, span: SecretSpan, where: str, *, again: bool = False) -> bool:
        """Take down what was found, and return whether it must be struck."""
        by_name = span.rule in _BY_NAME
        return self.ledger.should_redact(span.rule, span.value, where, by_name=by_name, again=again or self.again)

    def secrets_only(self) -> "Rules":
        """Return the rules that strike secrets alone."""
        return replace(self, everything=False)


def redact_text(text: str, rules: Rules, where: str, *, again: bool = False) -> str:
    """Return a plain text without its secrets."""
    if rules.everything:
        return marks(text)
    for span in reversed(rules.finder.spans(text)):
        if rules.should_redact(span, where, again=again):
            text = text[: span.begin] + marks(text[span.begin : span.end]) + text[span.end :]
    return text


def redact_pieces(pieces: Sequence[str], lanes: Ints, rules: Rules, where: str) -> list[str] | None:
    """Return texts without the secrets in what those of one lane say together; None where there is none.

    They must be in the order of their lanes.
    """
    borders = np.flatnonzero(np.diff(lanes)) + 1
    spans = _joined_spans(pieces, borders, rules.finder)
    cuts = _cuts(pieces, [span for span in spans if rules.should_redact(span, where, again=True)])
    if not cuts:
        return None
    struck = list(pieces)
    for index, ranges in cuts.items():
        for begin, end in reversed(ranges):
            text = struck[index]
            struck[index] = text[:begin] + marks(text[begin:end]) + text[end:]
    return struck


def redact_units(units: Sequence[str], rules: Rules, where: str, *, continued: bool = True) -> list[str]:
    """Return the units of a body without their secrets; a unit that holds none is the same object.

    Args:
        units: texts with JSON in them, or any others.
        rules: what to strike.
        where: what the account calls the place.
        continued: whether a text may go on in the next one of its lane; else each stands for itself.
    """
    leaves = leaves_of(units)
    order = np.argsort(leaves.lane, kind="stable")
    texts = [leaves.text[leaf] for leaf in order.tolist()]
    if rules.everything:
        ends = np.cumsum([0, *map(len, texts)]).tolist()
        struck = [
            SecretSpan(ends[index], ends[index + 1], "", "")
            for index, leaf in enumerate(order.tolist())
            if texts[index] and not _is_structure(leaves.place(leaf), texts[index])
        ]
    else:
        borders = np.flatnonzero(np.diff(leaves.lane[order])) + 1
        named = _named_spans(leaves, order, texts, borders, continued=continued)
        # Streams repeat most of their texts on every event, and each is searched once.
        each = rules.finder.spans(_BETWEEN.join(dict.fromkeys(texts)))
        found = _joined_spans(texts, np.arange(1, len(texts)), rules.finder) if each else []
        if continued:
            found += _joined_spans(texts, borders, rules.finder)
        struck = [span for span in _outermost(named + found) if rules.should_redact(span, where)]
    written = list(units)
    for index, ranges in _by_unit(leaves, order, _cuts(texts, struck)).items():
        written[index] = _rewritten(units[index], leaves.layouts[index], ranges)
    return _swept(written, leaves.rest, rules, where)


def redact_row(unit: str, old: str, new: str) -> str:
    """Return the unit of an event in which the text that it adds is struck as its chunk is.

    The text may be one of the unit's, a part of one, or put together from several.
    """
    leaves = leaves_of([unit])
    gone = [index for index, mark in enumerate(new) if mark != old[index : index + 1]]
    ranges: list[tuple[int, list[tuple[int, int]]]] = []
    for leaf, text in enumerate(leaves.text):
        cuts: list[tuple[int, int]] = []
        if text and (place := old.find(text)) >= 0:
            cuts = [(at - place, at - place + 1) for at in gone if place <= at < place + len(text)]
        elif old and (place := text.find(old)) >= 0:
            cuts = [(place + at, place + at + 1) for at in gone]
        if cuts:
            ranges.append((leaf, cuts))
    if ranges:
        return _rewritten(unit, leaves.layouts[0], ranges)
    return unit.replace(old, new)


def blank_unit(unit: str) -> str:
    """Return a unit of which all texts are struck but those that it cannot be read without."""
    leaves = leaves_of([unit])
    gone = [
        (leaf, [(0, len(text))])
        for leaf, text in enumerate(leaves.text)
        if text and not _is_structure(leaves.place(leaf), text)
    ]
    return _rewritten(unit, leaves.layouts[0], gone) if leaves.text else all_marks(unit)


def marks(text: str) -> str:
    """Return as many marks as a text has characters, its line ends kept."""
    if "\n" in text or "\r" in text:
        return "".join(one if one in "\r\n" else MARK for one in text)
    return MARK * len(text)


def all_marks(text: str) -> str:
    """Return a text of which nothing is left but its blanks."""
    return _VISIBLE.sub(MARK, text)


def _joined_spans(texts: Sequence[str], borders: Ints, finder: SecretFinder) -> list[SecretSpan]:
    """Return the secrets in texts, joined but for the borders, at places of all texts joined.

    A text that is repeated all along says no more than one of it does, and is not joined.
    """
    edges = [0, *borders.tolist(), len(texts)]
    lanes = [
        (begin, end)
        for begin, end in pairwise(edges)
        if end - begin == 1 or (end > begin and texts[begin:end].count(texts[begin]) < end - begin)
    ]
    joined = ["".join(texts[begin:end]) for begin, end in lanes]
    spans = finder.spans(_BETWEEN.join(joined))
    if not spans:
        return []
    # Where each lane begins among all texts, and where among those that were searched.
    ends = np.cumsum([0, *map(len, texts)])
    bare = ends[[begin for begin, _ in lanes]]
    begins = np.cumsum([0, *(len(lane) + len(_BETWEEN) for lane in joined[:-1])])
    moved = []
    for span in spans:
        lane = int(np.searchsorted(begins, span.begin, side="right")) - 1
        shift = int(begins[lane] - bare[lane])
        moved.append(span._replace(begin=span.begin - shift, end=span.end - shift))
    return moved


def _outermost(spans: list[SecretSpan]) -> list[SecretSpan]:
    kept: list[SecretSpan] = []
    for span in sorted(spans, key=lambda span: (span.begin, -span.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept


def _cuts(texts: Sequence[str], spans: Sequence[SecretSpan]) -> dict[int, list[tuple[int, int]]]:
    """Return the ranges to strike from each text, given spans of all texts joined; they do not overlap."""
    cuts: dict[int, list[tuple[int, int]]] = {}
    if not spans:
        return cuts
    begins = np.cumsum([0, *map(len, texts)])
    done = 0
    for span in sorted(spans):
        place = max(span.begin, done)
        done = max(done, span.end)
        index = int(np.searchsorted(begins, place, side="right")) - 1
        while place < span.end:
            end = min(span.end, int(begins[index + 1]))
            if place < end:
                cuts.setdefault(index, []).append((place - int(begins[index]), end - int(begins[index])))
            place = end
            index += 1
    return cuts


def _named_spans(leaves: Leaves, order: Ints, texts: list[str], borders: Ints, *, continued: bool) -> list[SecretSpan]:
    """Return the texts that a name tells to be secrets, also in JSON that is itself a text, at places of all joined."""
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
        if begin < end and texts[begin].lstrip()[:1] in ("{", "["):
            at = int(begins[begin])
            text = "".join(texts[begin:end])
            if '"' in text and ":" in text:
                spans += [span._replace(begin=at + span.begin, end=at + span.end) for span in _named_in(text, _DEPTH)]
    return spans


def _named_in(text: str, depth: int) -> Iterator[SecretSpan]:
    """Yield the texts of a JSON text that their names tell to be secrets."""
    leaves = leaves_of([text])
    strings = written_strings(text)
    named = dict(_named_leaves(leaves))
    for leaf, value in enumerate(leaves.text):
        begin, end = strings[leaves.place(leaf).string]
        if leaf in named:
            yield SecretSpan(begin, end, named[leaf], value)
        elif depth and value.lstrip()[:1] in ("{", "[") and '"' in value:
            view = decoded(text[begin:end])
            for span in _named_in(view.text, depth - 1):
                yield span._replace(begin=begin + view.written(span.begin), end=begin + view.written(span.end))


def _named_leaves(leaves: Leaves) -> Iterator[tuple[int, str]]:
    """Yield each text that its name tells to be a secret, and the rule."""
    watched: dict[int, list[tuple[int, Place]]] = {}
    first = 0
    for layout in leaves.layouts:
        places = watched.get(id(layout))
        if places is None:
            places = watched[id(layout)] = [pair for pair in enumerate(layout.places) if _may_be_named(pair[1])]
        for ordinal, place in places:
            leaf = first + ordinal
            rule = _rule(place, _naming(leaves, layout, place, first), leaves.text[leaf])
            if rule:
                yield leaf, rule
        first += len(layout.places)


def _may_be_named(place: Place) -> bool:
    path = place.path.lower()
    if place.naming >= 0 or "header" in path:
        return any(word in path for word in _HEADER_PAIRS)
    return may_be_secret_key(place.name) and not place.path.endswith("/properties")


def _naming(leaves: Leaves, layout: Layout, place: Place, first: int) -> str:
    """Return what a text is called: by its key, or by the `name` beside its `value`."""
    if place.naming < 0:
        return place.name
    return next(
        (leaves.text[first + index] for index, one in enumerate(layout.places) if one.string == place.naming), ""
    )


def _rule(place: Place, name: str, value: str) -> str | None:
    path = place.path.lower()
    if "cookie" in path and place.naming >= 0:
        return "header-secret" if value.strip("•") else None
    if "header" in path or place.naming >= 0:
        return header_rule(name, value)
    return "json-key" if is_secret_key(name, value) else None


def _is_structure(place: Place, text: str) -> bool:
    given = _GIVEN.isdisjoint(place.path.split("/"))
    return given and place.name in _STRUCTURE and _WORD.fullmatch(text) is not None


def _by_unit(
    leaves: Leaves, order: Ints, cuts: dict[int, list[tuple[int, int]]]
) -> dict[int, list[tuple[int, list[tuple[int, int]]]]]:
    """Return the ranges to strike by unit, each with the text of the unit that it is of."""
    units: dict[int, list[tuple[int, list[tuple[int, int]]]]] = {}
    for index in sorted(cuts, key=lambda index: int(order[index])):
        leaf = int(order[index])
        units.setdefault(int(leaves.unit[leaf]), []).append((int(leaves.ordinal[leaf]), cuts[index]))
    return units


def _rewritten(unit: str, layout: Layout, ranges: list[tuple[int, list[tuple[int, int]]]]) -> str:
    """Return a unit with ranges of its texts struck; all else stays as it was written, escapes too."""
    strings = written_strings(unit)
    parts: list[str] = []
    place = 0
    for ordinal, cuts in ranges:
        begin, end = strings[layout.places[ordinal].string]
        quoted = unit[begin:end]
        view = decoded(quoted) if "\\" in quoted else None
        for low, high in cuts:
            if view is None:
                parts += (unit[place : begin + low], marks(quoted[low:high]))
                place = begin + high
            else:
                parts.append(unit[place : begin + view.written(low)])
                parts.append(marks(view.text[low:high]).replace("\n", "\\n").replace("\r", "\\r"))
                place = begin + view.written(high)
    parts.append(unit[place:])
    return "".join(parts)


def _swept(units: list[str], rest: list[str], rules: Rules, where: str) -> list[str]:
    """Return units without what stands outside of JSON's texts: comments, keys, lines of a form, a body that is no JSON."""
    if rules.everything:
        return [all_marks(unit) if not _holds_json(unit) else unit for unit in units]
    if not rules.finder.spans(_BETWEEN.join(rest)):
        return units
    spans = _joined_spans(units, np.arange(1, len(units)), rules.finder)
    gone = [span for span in spans if rules.should_redact(span, where, again=True)]
    for index, ranges in _cuts(units, gone).items():
        for begin, end in reversed(ranges):
            unit = units[index]
            units[index] = unit[:begin] + marks(unit[begin:end]) + unit[end:]
    return units


def _holds_json(unit: str) -> bool:
    return '"' in unit or _FIELD.match(unit) is not None
