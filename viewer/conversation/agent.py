"""The calls of a recorded agent, one after another: when each began, what it took, and which call brought a tool's result back.

Recorders seldom say when a request was sent. One source is used for a whole recording, the surest that most calls have, so
that no two clocks are mixed; what it cannot tell is left out, and `Measure.source` says why.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from viewer.cassettes.fields import moment
from viewer.conversation.conversation import Conversation, conversation_of
from viewer.conversation.messages import RepeatedMessages
from viewer.conversation.parts import Part
from viewer.conversation.tool_results import Turn, find_results, is_model
from viewer.protocols.provider import model_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import NO_ANSWER, Cost
from viewer.streams.stream import Stream
from viewer.types.http import Interaction
from viewer.types.measure import Measure, unknown

_LABEL_CHARACTERS = 80
# Calls that lie further apart were recorded on several occasions.
_LONGEST_LOOP_S = 86_400.0
_WHOLE_SECOND = 1.0


@dataclass(frozen=True, slots=True)
class MadeCall:
    """Hold one tool call that a model made, and where its result went back."""

    id: str
    name: str
    choice: int
    answered_by: int | None
    """Index of the first later interaction whose request holds the result; None where none does."""


@dataclass(frozen=True, slots=True)
class Link:
    """Hold one way that a tool's result took: from the interaction that called it to the one that brought the result."""

    source: int
    tool: str
    target: int


@dataclass(frozen=True, slots=True)
class Call:
    """Hold one call of a model."""

    interaction: int
    label: str
    """What was said last: the tools whose results it brings, else the first line of the text, else method and path."""
    model: str | None
    started: Measure
    """Seconds since the first call began."""
    length: Measure
    """Seconds from request to the end of the answer; where only a part of that is known, `source` says which."""
    input_tokens: int | None
    output_tokens: int | None
    cost: Cost
    finish_reason: str | None
    error: str
    """"" where there is none."""
    tool_calls: tuple[MadeCall, ...]
    input_tokens_so_far: int
    """Running totals, this call included; what is not reported counts as nothing."""
    output_tokens_so_far: int
    cost_so_far_usd: float
    unpriced_so_far: int
    """How many calls up to this one have no price, and are missing in the cost."""


def calls_of(cassette: Cassette) -> list[Call]:
    """Return the calls in the order of a recorder's own times where all have one, else as they were recorded."""
    steps = [*_steps(cassette)]
    started = _started(steps)
    order = list(range(len(steps)))
    # A server's clock of whole seconds, or several servers' clocks, say less of the order than the recording does.
    if all(one.grade == "measured" for one in started):
        order.sort(key=lambda place: started[place].value or 0.0)
    steps, started = [steps[place] for place in order], [started[place] for place in order]
    answered_by = find_results(
        [Turn(step.index, step.conversation, step.said.tool_calls if step.said else []) for step in steps]
    )
    calls: list[Call] = []
    for place, step in enumerate(steps):
        calls.append(_call(step, started[place], answered_by[place], calls[-1] if calls else None))
    return calls


def links_of(calls: Sequence[Call]) -> list[Link]:
    """Return which call brought the result of which tool back."""
    return [
        Link(call.interaction, made.name, made.answered_by)
        for call in calls
        for made in call.tool_calls
        if made.answered_by is not None
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    index: int
    interaction: Interaction
    said: Stream | Answer | None
    conversation: Conversation


def _steps(cassette: Cassette) -> Iterator[_Step]:
    """Yield the interactions that are calls of a model or a tool: what else a program sent is none of an agent's steps."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    read_message = RepeatedMessages()
    for index, interaction in enumerate(cassette.interactions):
        said = streams.get(index) or cassette.answers.get(index)
        conversation = conversation_of(interaction, said, read_message)
        if conversation.readable or isinstance(said, Stream) or (said and said.protocol):
            yield _Step(index, interaction, said, conversation)


def _call(step: _Step, started: Measure, answered_by: Sequence[int | None], before: Call | None) -> Call:
    said = step.said
    usage = said.usage if said else None
    cost = said.cost if said else NO_ANSWER
    return Call(
        interaction=step.index,
        label=_label(step),
        model=said.model if said else model_of(step.interaction.request.url),
        started=started,
        length=_length(step),
        input_tokens=usage.input if usage else None,
        output_tokens=usage.output if usage else None,
        cost=cost,
        finish_reason=said.finish_reason if said else None,
        error=str(said.error) if said and said.error else "",
        tool_calls=tuple(
            MadeCall(made.id, made.name, made.choice, interaction)
            for made, interaction in zip(said.tool_calls if said else [], answered_by, strict=True)
        ),
        input_tokens_so_far=(before.input_tokens_so_far if before else 0) + ((usage.input or 0) if usage else 0),
        output_tokens_so_far=(before.output_tokens_so_far if before else 0) + ((usage.output or 0) if usage else 0),
        cost_so_far_usd=(before.cost_so_far_usd if before else 0.0) + (cost.usd or 0.0),
        unpriced_so_far=(before.unpriced_so_far if before else 0) + (cost.usd is None),
    )


def _label(step: _Step) -> str:
    messages = step.conversation.messages
    results = [part.name or "a tool" for part in _trailing_results(step.conversation)]
    if results:
        counted = [
            f"{name} ×{results.count(name)}" if results.count(name) > 1 else name for name in dict.fromkeys(results)
        ]
        return f"result of {', '.join(counted)}"
    texts = [part.text for message in messages for part in message.parts if part.kind == "text" and part.text.strip()]
    if texts:
        line = texts[-1].strip().splitlines()[0]
        return line if len(line) <= _LABEL_CHARACTERS else f"{line[: _LABEL_CHARACTERS - 1]}…"
    request = step.interaction.request
    try:
        path = urlsplit(request.url).path
    except ValueError:
        path = ""
    return f"{request.method} {path}".strip()


def _trailing_results(conversation: Conversation) -> list[Part]:
    """Return the tool results that a request ends with."""
    found: list[Part] = []
    for message in reversed(conversation.messages):
        results = [part for part in message.parts if part.kind == "tool_result"]
        if not results or is_model(message.role):
            break
        found = results + found
    return found


def _length(step: _Step) -> Measure:
    times = step.interaction.times
    if isinstance(step.said, Stream):
        whole = step.said.metrics["end_to_end"]
        if whole.value is not None:
            return whole
    if times.whole_s is not None:
        return Measure(times.whole_s, times.whole_s, times.whole_s, "s", "measured", "request to end of the response")
    if isinstance(step.said, Stream):
        part = step.said.metrics["stream_time"]
        return part if part.value is not None else whole if whole.grade else part
    if times.headers_s is not None:
        return Measure(None, times.headers_s, None, "s", "bounded", "request to response headers")
    return unknown("s", "the recording does not say how long it took")


@dataclass(frozen=True, slots=True)
class _Start:
    """Hold a time of the epoch near which a request was sent, and by how much it may be off; None where nothing says."""

    epoch_s: float
    resolution_s: float | None


def _started(steps: Sequence[_Step]) -> list[Measure]:
    """Return when each call began, all by one source: the surest of those that most calls have."""
    by_source = {source: [read(step) for step in steps] for source, read in _SOURCES.items()}
    known = {source: [one for one in starts if one is not None] for source, starts in by_source.items()}
    # `max` keeps the first of equals, and the surest stands first.
    source = max(known, key=lambda name: len(known[name]))
    if not known[source]:
        return [unknown("s", "the recording does not say when its requests were sent") for _ in steps]
    first = min(known[source], key=lambda one: one.epoch_s)
    if max(one.epoch_s for one in known[source]) - first.epoch_s > _LONGEST_LOOP_S:
        return [unknown("s", "the calls were recorded more than a day apart") for _ in steps]
    return [_since(start, first, source) for start in by_source[source]]


def _since(start: _Start | None, first: _Start, source: str) -> Measure:
    if start is None:
        return unknown("s", f"it alone has none of what the others are known by: {source}")
    value = start.epoch_s - first.epoch_s
    if start.resolution_s is None or first.resolution_s is None:
        return Measure(value, None, None, "s", "stamped", source)
    low = 0.0 if start is first else max(0.0, value - first.resolution_s)
    high = 0.0 if start is first else value + start.resolution_s
    fine = max(start.resolution_s, first.resolution_s) < _WHOLE_SECOND
    return Measure(value, low, high, "s", "measured" if fine else "bounded", source)


def _by_request(step: _Step) -> _Start | None:
    started = step.interaction.times.started
    return _Start(started.epoch_s, started.resolution_s) if started else None


def _by_end(step: _Step) -> _Start | None:
    times = step.interaction.times
    if times.ended is None or times.whole_s is None:
        return None
    return _Start(times.ended.epoch_s - times.whole_s, times.ended.resolution_s)


def _by_date(step: _Step) -> _Start | None:
    answered = moment(step.interaction.response.headers.get("date"), _WHOLE_SECOND)
    if answered is None:
        return None
    headers_s = step.interaction.times.headers_s
    return _Start(answered.epoch_s - (headers_s or 0.0), _WHOLE_SECOND if headers_s is not None else None)


def _by_stamp(step: _Step) -> _Start | None:
    stamp_s = step.said.stamp_s if step.said else None
    return None if stamp_s is None else _Start(stamp_s, None)


_SOURCES: dict[str, Callable[[_Step], _Start | None]] = {
    "when the recorder sent each request": _by_request,
    "when the recorder had each answer, less how long it took": _by_end,
    "the server's Date on each answer, in whole seconds, less the time to its headers where that is recorded": _by_date,
    "the server's stamp on each answer": _by_stamp,
}
