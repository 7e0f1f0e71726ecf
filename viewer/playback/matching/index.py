"""Which recorded interactions answer a request.

The method, the path and the meaning of the body must be the same; the host, a prefix of the path, ids, dates and the order of keys do not
count. Among the recordings that answer, the one whose settings are nearest is taken. `viewer.playback.matching.meaning` says what is a setting.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.comparison.normalise import canonical_or_ellipsis, masked
from viewer.comparison.request_diff import Change
from viewer.playback.matching.likeness import Likeness, likeness
from viewer.playback.matching.meaning import Meaning, read_meaning
from viewer.playback.matching.paths import NO_PATH, PathFit, fit_paths
from viewer.playback.matching.placeholders import may_hold_placeholders
from viewer.playback.matching.recorded_requests import ItemKey, RecordedRequest, asked_keys, recorded_request
from viewer.playback.matching.unasked import may_answer
from viewer.text.json import parse
from viewer.text.safe import shortened
from viewer.types.http import Request

# Recordings that are compared value by value for one request. Each was chosen by what it has in common with the request.
_MAX_COMPARED = 64
# Far more than is shown: a value that is cut short may end within a secret, which is not recognised then.
_MAX_SETTING_LENGTH = 10_000

NO_BODY = "The recorder kept no body of this request, so only its method and path were compared."
NO_REQUEST = "This recording does not say what was asked."
DATES_DIFFER = "Dates, ids or spaces inside the request differ from the recorded ones."
PLACEHOLDERS = "The recording has placeholders where the request has values."


class Found(NamedTuple):
    """The recorded interactions that answer a request."""

    places: tuple[int, ...]
    """Their indices in recorded order. They are one and the same request, asked several times."""
    settings: tuple[Change, ...] = ()
    """Settings that differ although the recordings answer: as recorded (left) and as asked (right), as JSON."""
    note: str = ""
    """What is not sure about the answer, in ASCII; "" if nothing is."""

    @property
    def key(self) -> Hashable:
        """What identifies the request, for the sequence of its answers."""
        return self.places


@dataclass(frozen=True, slots=True, eq=False)
class RequestIndex:
    """Recorded requests by what identifies them."""

    requests: Sequence[Request] = field(repr=False)
    """As recorded."""
    protocols: Sequence[str] = ()
    """Of the streams that answer them, in the same order; "" for what is none. Empty if they are not known."""
    recorded: list[RecordedRequest] = field(default_factory=list, repr=False)
    _by_meaning: defaultdict[bytes, list[RecordedRequest]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )
    _by_outline: defaultdict[Hashable, list[RecordedRequest]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )
    _by_shape: defaultdict[Hashable, list[RecordedRequest]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )
    """By the names of their items."""
    _with_placeholders: defaultdict[Hashable, list[RecordedRequest]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )
    _without_body: list[RecordedRequest] = field(default_factory=list, repr=False)

    def find(self, request: Request) -> Found | None:
        """Return what answers a request, or None."""
        asked = read_meaning(request)
        fits = _Fits(asked)
        equal = fits.of(self._by_meaning.get(asked.digest, ()))
        if equal:
            return _best(equal, asked, "")
        alike = self._alike(asked, fits)
        for grade, note in ((Likeness.EXCEPT_DATES, DATES_DIFFER), (Likeness.EXCEPT_PLACEHOLDERS, PLACEHOLDERS)):
            if chosen := [fitting for fitting, found in alike if found <= grade]:
                return _best(chosen, asked, note)
        unread = fits.of(self._without_body)
        if chosen := [one for one in unread if one.recorded.path is not None]:
            return _best(chosen, asked, NO_BODY)
        # If requests for this path were recorded, this one is a miss: to answer it with anything would hide that.
        if unread and not any(one.recorded.path is not None for one in fits.of(self.recorded)):
            chosen = [one for one in unread if may_answer(self._protocol_of(one.recorded), asked.path)]
            return _best(chosen, asked, NO_REQUEST) if chosen else None
        return None

    def add(self, place: int, meaning: Meaning, *, has_target: bool) -> None:
        """Add a recorded request."""
        one = recorded_request(place, meaning, has_target=has_target)
        self.recorded.append(one)
        if one.answers_any_body:
            self._without_body.append(one)
        if one.path is None and not one.has_body:
            # It is equal to nothing, not even to a request without a body.
            return
        self._by_meaning[meaning.digest].append(one)
        self._by_outline[one.shape, one.outlines].append(one)
        self._by_shape[one.shape].append(one)
        if one.has_placeholder:
            self._with_placeholders[one.shape].append(one)

    def _protocol_of(self, one: RecordedRequest) -> str:
        return self.protocols[one.place] if self.protocols else ""

    def _alike(self, asked: Meaning, fits: "_Fits") -> list[tuple["_Fitting", Likeness]]:
        """Return the recorded requests that are the same but for dates, ids, spaces and placeholders."""
        shape, items = asked.shape, asked_keys(asked)
        has_marks = any(item.has_placeholder for item in items)
        patterns = (self._by_shape if has_marks else self._with_placeholders).get(shape, ())
        same_outlines = self._by_outline.get((shape, tuple(item.outline for item in items)), ())
        near = {one.place: one for one in (*same_outlines, *patterns) if one.may_be_like(items)}
        fitting = sorted(fits.of(near.values()), key=lambda one: -one.recorded.in_common(items))
        grades: dict[tuple[ItemKey, ...], Likeness | None] = {}
        found = []
        for one in fitting:
            recorded = one.recorded
            if recorded.items not in grades:
                # Many recordings are of one request, which is compared once.
                if len(grades) == _MAX_COMPARED:
                    break
                grades[recorded.items] = _likeness_of(read_meaning(self.requests[recorded.place]), asked)
            grade = grades[recorded.items]
            if grade is not None:
                found.append((one, grade))
        return found


def index_requests(requests: Sequence[Request], protocols: Sequence[str] = ()) -> RequestIndex:
    """Return recorded requests, ready to be found."""
    index = RequestIndex(requests, protocols)
    for place, request in enumerate(requests):
        index.add(place, read_meaning(request), has_target=bool(request.url))
    return index


def _likeness_of(recorded: Meaning, asked: Meaning) -> Likeness | None:
    """Return how alike two requests are that have items of the same names; None if they differ."""
    worst = Likeness.EQUAL
    different = [(a.text, b.text) for a, b in zip(recorded.items(), asked.items(), strict=True) if a.text != b.text]
    # Most requests that differ do so in a short message, while a long prompt holds the date.
    for one, other in sorted(different, key=lambda pair: len(pair[0])):
        found = likeness(parse(one), parse(other))
        if found is None:
            return None
        worst = max(worst, found)
    return worst


class _Fitting(NamedTuple):
    recorded: RecordedRequest
    path: PathFit


class _Fits:
    """Finds the recorded requests whose method and path fit. Many have the same path, so each path is compared once."""

    def __init__(self, asked: Meaning) -> None:
        self._asked = asked
        self._fits: dict[tuple[str, ...] | None, PathFit | None] = {None: NO_PATH}

    def of(self, recorded: Iterable[RecordedRequest]) -> list[_Fitting]:
        found = []
        for one in recorded:
            if one.method and one.method != self._asked.method:
                continue
            if one.path is not None and one.path not in self._fits:
                self._fits[one.path] = fit_paths(one.path, self._asked.path)
            fit = self._fits[one.path]
            if fit is not None:
                found.append(_Fitting(one, fit))
        return found


def _best(fitting: Sequence[_Fitting], asked: Meaning, note: str) -> Found:
    """Return those that fit best. If they are several requests, which differ in settings, return those like the first."""

    def rank(one: _Fitting) -> tuple[int, int, int, int]:
        missing = len(asked.ids - one.recorded.ids) + one.path.other_ids
        return -one.path.common, missing, len(_changed(one.recorded.settings, asked.settings)), one.path.leftover

    ranks = [rank(one) for one in fitting]
    lowest = min(ranks)
    best = sorted(
        (one.recorded for one, of in zip(fitting, ranks, strict=True) if of == lowest), key=lambda one: one.place
    )
    first = best[0]
    same = [one for one in best if not _changed(one.settings, first.settings)]
    notes = [note] if note else []
    if len(same) < len(best):
        notes.append(f"{len(best)} recordings with other settings answer equally well; the first is taken.")
    elif not first.is_to_model and lowest[1]:
        notes.append(DATES_DIFFER)
    return Found(tuple(one.place for one in same), tuple(_changes(first.settings, asked.settings)), " ".join(notes))


def _changed(recorded: dict[str, bytes], asked: dict[str, bytes]) -> list[str]:
    """Return the names of settings that differ."""
    return [
        name
        for name in dict.fromkeys((*recorded, *asked))
        if recorded.get(name) != asked.get(name)
        and not (name in recorded and name in asked and _is_placeholder_for(recorded[name], asked[name]))
    ]


def _is_placeholder_for(recorded: bytes, asked: bytes) -> bool:
    return may_hold_placeholders(recorded) and likeness(parse(recorded), parse(asked)) is not None


def _changes(recorded: dict[str, bytes], asked: dict[str, bytes]) -> Iterator[Change]:
    for name in _changed(recorded, asked):
        yield Change(name, shown_setting(name, recorded.get(name)), shown_setting(name, asked.get(name)))


def shown_setting(name: str, text: bytes | None) -> str | None:
    """Return a setting or field as JSON, cut short, with what is secret by its name masked."""
    if text is None:
        return None
    last = re.split(r"[.?]", name)[-1]
    return shortened(canonical_or_ellipsis(masked({last: parse(text)})[last]), _MAX_SETTING_LENGTH)
