"""Which recorded request is nearest to one that was not recorded, and what differs, in sentences for the person who wrote the client."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from viewer.conversation.messages import message_of
from viewer.playback.matching.bodies import WHOLE_BODY
from viewer.playback.matching.index import RequestIndex, shown_setting
from viewer.playback.matching.likeness import common_start, likeness
from viewer.playback.matching.meaning import Item, Meaning, read_meaning
from viewer.playback.matching.paths import fit_paths, model_of, without_model
from viewer.playback.matching.recorded_requests import RecordedRequest
from viewer.text.json import parse
from viewer.text.masks import masked_url
from viewer.text.safe import shortened, visible_line
from viewer.text.words import counted
from viewer.types.http import Request

Redact = Callable[[str], str]

_MAX_LINES = 10
# Some SDKs show the message of an error alone.
_MAX_LINES_IN_MESSAGE = 3
_MAX_LINE_LENGTH = 200
# Characters shown of each side, and how many of them are before the first difference.
_EXCERPT_LENGTH = 60
_BEFORE_DIFFERENCE = 20
# Characters on each side of a difference that are searched for secrets: a key in PEM has up to 3,300.
_SEARCHED_AROUND = 4000
# Recordings that differ in as many items are compared by the words of their last messages.
_MAX_READ = 16
_MAX_WORDS = 2000


class Miss(NamedTuple):
    """Why no recorded interaction answers a request."""

    place: int | None
    """The index of the recorded request that is nearest; None if nothing is recorded."""
    asked: str
    """The method and the path, without secrets."""
    differs: tuple[str, ...] = ()
    """What differs from the nearest, in sentences without secrets. At most ten, the most telling first."""

    def to_json(self, nearest: str = "") -> dict[str, Any]:
        """Return the body of the answer, in which the SDKs find the message. `nearest` is the name of the nearest recording."""
        message = f"No recording answers {self.asked}."
        if self.differs:
            message += f" The nearest is {nearest}." if nearest else ""
            message = " ".join((message, *self.differs[:_MAX_LINES_IN_MESSAGE]))
        error = {"type": "not_recorded", "message": message, "nearest": nearest or None, "differs": list(self.differs)}
        return {"error": error}


def nearest(index: RequestIndex, request: Request, redact: Redact) -> Miss:
    """Return the recorded request that is nearest, and what differs.

    `redact` removes secrets from excerpts of both requests, character for character.
    """
    asked = read_meaning(request)
    name = shortened(f"{_shown(asked.method, redact)} {_shown_path(asked.path, redact)}", _MAX_LINE_LENGTH)
    if not index.recorded:
        return Miss(None, name, ("No request is recorded.",))
    path_ranks = _PathRanks(asked)
    ranked = [(path_ranks.of(one), one) for one in index.recorded]
    lowest = min(rank for rank, _ in ranked)
    place = _nearest_place(index, [one for rank, one in ranked if rank == lowest], asked)
    recorded = read_meaning(index.requests[place])
    sentences = (shortened(one, _MAX_LINE_LENGTH) for one in _differences(recorded, asked, redact))
    return Miss(place, name, tuple(islice(sentences, _MAX_LINES)))


_SAME, _OTHER_METHOD, _OTHER_MODEL, _SAME_END, _OTHER, _UNKNOWN = range(6)


class _PathRanks:
    """How near the methods and paths of recorded requests are to one that is asked. Many are the same."""

    def __init__(self, asked: Meaning) -> None:
        self._asked = asked
        self._ranks: dict[tuple[str, tuple[str, ...] | None], int] = {}

    def of(self, one: RecordedRequest) -> int:
        key = one.method, one.path
        if key not in self._ranks:
            self._ranks[key] = self._rank(one)
        return self._ranks[key]

    def _rank(self, one: RecordedRequest) -> int:
        asked = self._asked
        if one.path is None:
            return _UNKNOWN
        if fit_paths(one.path, asked.path) is not None:
            return _SAME if one.method in (asked.method, "") else _OTHER_METHOD
        if one.method == asked.method:
            if fit_paths(without_model(one.path), without_model(asked.path)) is not None:
                return _OTHER_MODEL
            if one.path[-1:] == asked.path[-1:]:
                return _SAME_END
        return _OTHER


def _nearest_place(index: RequestIndex, recorded: Sequence[RecordedRequest], asked: Meaning) -> int:
    """Return the place of the one with the fewest differences, and among several, the one whose words are most alike."""
    sections = [{item.digest for item in section} for section in asked.sections()]
    distances = [_distance(one, sections) for one in recorded]
    lowest = min(distances)
    best = [one.place for one, distance in zip(recorded, distances, strict=True) if distance == lowest]
    if len(best) == 1:
        return best[0]
    words = _words(asked)
    fields = {item.name: item.text.decode(errors="replace") for item in asked.fields}

    def likeness_in_words(place: int) -> tuple[int, int]:
        other = read_meaning(index.requests[place])
        begin = (common_start(item.text.decode(errors="replace"), fields.get(item.name, "")) for item in other.fields)
        return len(words & _words(other)), sum(begin)

    return max(best[:_MAX_READ], key=likeness_in_words)


def _distance(one: RecordedRequest, asked: Sequence[set[bytes]]) -> int:
    """Return how many items differ, the telling ones counted more than once."""
    fields, tools, messages = (
        max(len(items), len(digests)) - sum(item.digest in digests for item in items)
        for items, digests in zip(one.sections(), asked, strict=True)
    )
    return 2 * fields + messages + min(tools, 2)


def _words(meaning: Meaning) -> set[str]:
    last = meaning.messages[-1:] or meaning.fields[-1:]
    return {word for item in last for word in _text_of(item)[:_MAX_WORDS].lower().split()}


def _differences(recorded: Meaning, asked: Meaning, redact: Redact) -> Iterator[str]:
    if recorded.method != asked.method:
        yield f"The method is {_shown(asked.method, redact)}, recorded is {_shown(recorded.method, redact) or 'none'}."
    yield from _path_differences(recorded, asked, redact)
    if recorded.is_to_model and [item.name for item in asked.items()] == [WHOLE_BODY]:
        yield "The body of the request is not a JSON object, that of the recording is."
        return
    yield from _field_differences(recorded.fields, asked.fields, redact)
    yield from _message_differences(recorded.messages, asked.messages, redact)
    yield from _tool_differences(recorded.tools, asked.tools, redact)


def _path_differences(recorded: Meaning, asked: Meaning, redact: Redact) -> Iterator[str]:
    if fit_paths(recorded.path, asked.path) is not None:
        return
    models = model_of(recorded.path), model_of(asked.path)
    if all(models) and models[0] != models[1]:
        before, after = (_shown_path((model,), redact)[1:] for model in models)
        yield f"The model is {after}, recorded is {before}."
    one, other = without_model(recorded.path), without_model(asked.path)
    if fit_paths(one, other) is None:
        yield f"The path is {_shown_path(asked.path, redact)}, recorded is {_shown_path(recorded.path, redact)}."


def _shown(text: str, redact: Redact) -> str:
    """Return a short text on one line, without secrets."""
    return visible_line(redact(text[:_SEARCHED_AROUND]))


def _shown_path(path: Sequence[str], redact: Redact) -> str:
    return _shown(masked_url(f"/{'/'.join(path)}"), redact)


def _field_differences(recorded: Sequence[Item], asked: Sequence[Item], redact: Redact) -> Iterator[str]:
    one, other = ({item.name: item for item in items} for items in (recorded, asked))
    for name in sorted({*one, *other}, key=lambda name: (not name.endswith(("model", "stream")), name)):
        before, after = one.get(name), other.get(name)
        if before and after and _is_alike(before, after):
            continue
        if name.endswith("stream"):
            does = ("request", "recording") if after else ("recording", "request")
            yield f"The {does[0]} streams, the {does[1]} does not."
            continue
        shown_name = _shown(name, redact)
        if before and after and (name == WHOLE_BODY or max(len(before.text), len(after.text)) > _EXCERPT_LENGTH):
            yield f"{shown_name} differs: {_excerpts(before, after, redact)}."
            continue
        values = [item and _shown(_bare(shown_setting(name, item.text) or ""), redact) for item in (after, before)]
        if name == "model" and all(values):
            yield f"The model is {values[0]}, recorded is {values[1]}."
        elif before and after:
            yield f"{shown_name} is {values[0]}, recorded is {values[1]}."
        elif after:
            yield f"{shown_name} is {values[0]}, the recording has none."
        else:
            yield f"The request has no {shown_name}, recorded is {values[1]}."


def _bare(text: str) -> str:
    """Return a JSON string without its quotes."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _message_differences(recorded: Sequence[Item], asked: Sequence[Item], redact: Redact) -> Iterator[str]:
    if len(recorded) != len(asked):
        yield f"The request has {counted(len(asked), 'message')}, the recording {len(recorded)}."
    for number, (before, after) in enumerate(zip(recorded, asked, strict=False), start=1):
        if before != after and not _is_alike(before, after):
            role = _shown(after.name, redact) or "no role"
            if before.name != after.name:
                yield f"Message {number} is of {role}, recorded is {_shown(before.name, redact) or 'no role'}."
            yield f"Message {number} ({role}) differs: {_excerpts(before, after, redact, _text_of)}."
    for number, item in enumerate(asked[len(recorded) :], start=len(recorded) + 1):
        yield f"Message {number} ({_shown(item.name, redact)}) is not in the recording: {_excerpt(_text_of(item), 0, redact)}."
    for number, item in enumerate(recorded[len(asked) :], start=len(asked) + 1):
        yield f"Message {number} ({_shown(item.name, redact)}) is only in the recording: {_excerpt(_text_of(item), 0, redact)}."


def _tool_differences(recorded: Sequence[Item], asked: Sequence[Item], redact: Redact) -> Iterator[str]:
    one, other = ({item.name: item for item in items} for items in (recorded, asked))
    for name in dict.fromkeys((*other, *one)):
        before, after = one.get(name), other.get(name)
        shown = _shown(name, redact)
        if before is None:
            yield f"The tool {shown} is not in the recording."
        elif after is None:
            yield f"The tool {shown} is only in the recording."
        elif not _is_alike(before, after):
            yield f"The tool {shown} differs: {_excerpts(before, after, redact)}."


def _is_alike(recorded: Item, asked: Item) -> bool:
    return recorded.name == asked.name and likeness(parse(recorded.text), parse(asked.text)) is not None


def _text_of(item: Item) -> str:
    """Return the text of a message, or the JSON of an item that has no text."""
    text = "\n".join(part.text for part in message_of(parse(item.text)).parts)
    return text or _json_of(item)


def _json_of(item: Item) -> str:
    """Return the value of an item as JSON, a text without its quotes."""
    value = parse(item.text)
    return value if isinstance(value, str) else item.text.decode(errors="replace")


def _excerpts(before: Item, after: Item, redact: Redact, text_of: Callable[[Item], str] = _json_of) -> str:
    """Return what stands on both sides around the first difference."""
    one, other = text_of(before), text_of(after)
    if one == other:
        # Something else than the text differs.
        one, other = _json_of(before), _json_of(after)
    place = common_start(one, other)
    return f"{_excerpt(other, place, redact)}, recorded is {_excerpt(one, place, redact)}"


def _excerpt(text: str, place: int, redact: Redact) -> str:
    """Return a few words around a place, without secrets, in quotes."""
    begin = max(place - _SEARCHED_AROUND, 0)
    # A secret of which only an end is shown is not recognised any more, so secrets are removed before the text is cut.
    searched = redact(text[begin : place + _SEARCHED_AROUND])
    start = max(place - begin - _BEFORE_DIFFERENCE, 0)
    shown = visible_line(searched[start : start + _EXCERPT_LENGTH])
    before, after = "…" if start or begin else "", "…" if begin + start + _EXCERPT_LENGTH < len(text) else ""
    return f"“{before}{shown}{after}”"
