"""The calls of a recorded agent in order: what each was about, when it ran, what it cost and where its tool results went."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from viewer.conversation.call_times import DecodedInteraction, length_of, starts_of
from viewer.conversation.conversation import Conversation, conversation_of
from viewer.conversation.messages import RepeatedMessages
from viewer.conversation.parts import Part
from viewer.conversation.tool_results import Turn, find_results, is_model
from viewer.protocols.provider import model_of
from viewer.streams.cassette import Cassette
from viewer.streams.cost import NO_ANSWER, Cost
from viewer.streams.stream import Stream
from viewer.types.http import Request
from viewer.types.measure import Measure

# As many as fit beside a bar of the waterfall.
_MAX_LABEL_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class MadeCall:
    """A tool call of a model, and the request that brought its result back."""

    id: str
    name: str
    choice: int
    answered_by: int | None
    """The index of the first later interaction whose request holds the result; None if there is none."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link from the call that asked for a tool to the call that received its result."""

    source: int
    tool: str
    target: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model."""

    interaction: int
    label: str
    """The tools whose results the request brings. If there are none, the first line of the last text, or method and path."""
    model: str | None
    started: Measure
    """Seconds since the first call began."""
    length: Measure
    """Seconds from the request to the end of the response. If only a part is known, `source` names it."""
    input_tokens: int | None
    output_tokens: int | None
    cost: Cost
    finish_reason: str | None
    error: str
    """"" if there was none."""
    tool_calls: tuple[MadeCall, ...]
    input_tokens_so_far: int
    """Running totals include this call. Calls without reported usage add nothing."""
    output_tokens_so_far: int
    cost_so_far_usd: float
    unpriced_so_far: int
    """The number of calls so far that have no price and are missing from the cost."""


def calls_of(cassette: Cassette) -> list[Call]:
    """Return the calls in the order of the recorder's own times if all have one, else in recorded order."""
    steps = [*_steps(cassette)]
    started = starts_of([step.decoded for step in steps])
    order = list(range(len(steps)))
    # A server's clock of whole seconds, or the clocks of several servers, are less exact than the order of the recording.
    if all(one.grade == "measured" for one in started):
        order.sort(key=lambda place: started[place].value or 0.0)
    steps, started = [steps[place] for place in order], [started[place] for place in order]
    answered_by = find_results([_turn(step) for step in steps])
    calls: list[Call] = []
    for step, start, interactions in zip(steps, started, answered_by, strict=True):
        calls.append(_call(step, start, interactions, calls[-1] if calls else None))
    return calls


def links_of(calls: Sequence[Call]) -> list[Link]:
    """Return the way of every tool result that a later request brings back."""
    return [
        Link(call.interaction, made.name, made.answered_by)
        for call in calls
        for made in call.tool_calls
        if made.answered_by is not None
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    index: int
    decoded: DecodedInteraction
    conversation: Conversation


def _steps(cassette: Cassette) -> Iterator[_Step]:
    """Yield the interactions with a model or a tool. Other requests of the same program are not steps of an agent."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    read_message = RepeatedMessages()
    for index, interaction in enumerate(cassette.interactions):
        reply = streams.get(index) or cassette.answers.get(index)
        conversation = conversation_of(interaction, reply, read_message)
        if conversation.readable or isinstance(reply, Stream) or (reply and reply.protocol):
            yield _Step(index, DecodedInteraction(interaction, reply), conversation)


def _turn(step: _Step) -> Turn:
    reply = step.decoded.reply
    return Turn(step.index, step.conversation, reply.tool_calls if reply else [])


def _call(step: _Step, started: Measure, answered_by: Sequence[int | None], before: Call | None) -> Call:
    reply = step.decoded.reply
    usage = reply.usage if reply else None
    cost = reply.cost if reply else NO_ANSWER
    return Call(
        interaction=step.index,
        label=_label(step),
        model=reply.model if reply else model_of(step.decoded.interaction.request.url),
        started=started,
        length=length_of(step.decoded),
        input_tokens=usage.input if usage else None,
        output_tokens=usage.output if usage else None,
        cost=cost,
        finish_reason=reply.finish_reason if reply else None,
        error=str(reply.error) if reply and reply.error else "",
        tool_calls=tuple(
            MadeCall(made.id, made.name, made.choice, interaction)
            for made, interaction in zip(reply.tool_calls if reply else [], answered_by, strict=True)
        ),
        input_tokens_so_far=(before.input_tokens_so_far if before else 0) + ((usage.input or 0) if usage else 0),
        output_tokens_so_far=(before.output_tokens_so_far if before else 0) + ((usage.output or 0) if usage else 0),
        cost_so_far_usd=(before.cost_so_far_usd if before else 0.0) + (cost.usd or 0.0),
        unpriced_so_far=(before.unpriced_so_far if before else 0) + (cost.usd is None),
    )


def _label(step: _Step) -> str:
    names = [part.name or "a tool" for part in _trailing_results(step.conversation)]
    if names:
        counted = [f"{name} ×{names.count(name)}" if names.count(name) > 1 else name for name in dict.fromkeys(names)]
        return f"result of {', '.join(counted)}"
    line = _last_line(step.conversation)
    if not line:
        return _method_and_path(step.decoded.interaction.request)
    return line if len(line) <= _MAX_LABEL_CHARACTERS else f"{line[: _MAX_LABEL_CHARACTERS - 1]}…"


def _last_line(conversation: Conversation) -> str:
    """Return the first line of the last text of a request; "" if it has no text."""
    for message in reversed(conversation.messages):
        for part in reversed(message.parts):
            if part.kind == "text" and part.text.strip():
                return part.text.strip().splitlines()[0]
    return ""


def _method_and_path(request: Request) -> str:
    try:
        path = urlsplit(request.url).path
    except ValueError:
        path = ""
    return f"{request.method} {path}".strip()


def _trailing_results(conversation: Conversation) -> list[Part]:
    """Return the tool results at the end of a request."""
    results: list[Part] = []
    for message in reversed(conversation.messages):
        own = [part for part in message.parts if part.kind == "tool_result"]
        if not own or is_model(message.role):
            break
        results = own + results
    return results
