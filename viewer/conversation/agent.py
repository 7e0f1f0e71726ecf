"""The calls of a recorded agent in order: what each did, how it ended, when it ran, what it cost and where its tool results went."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from viewer.conversation.call_labels import Deed, deed_of, label_of, trailing_results
from viewer.conversation.call_times import length_of, starts_of
from viewer.conversation.conversation import Conversation
from viewer.conversation.steps import MadeCall, Step, made_calls_of, steps_of
from viewer.protocols.provider import model_of
from viewer.streams.answer import FIRST_ERROR_STATUS, Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import NO_ANSWER, Cost
from viewer.streams.stream import Stream
from viewer.types.measure import Measure

# Finish reasons of all providers that mean a limit of tokens, in lower case.
_CUT_OFF = frozenset(
    {"length", "max_tokens", "max_output_tokens", "model_length", "incomplete", "model_context_window_exceeded"}
)

Outcome = Literal["ok", "error", "tool failed", "cut off"]
"""How a call ended. "tool failed" if it ended well, but the result of one of its tools is marked as an error."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model."""

    interaction: int
    label: str
    """The tools whose results the request brings. If there are none, the first line of the last text, or method and path."""
    deed: Deed
    outcome: Outcome
    status: int | None
    """The HTTP status."""
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
    failed_results: tuple[str, ...]
    """The tools whose results the request brings with an error, if the calls that asked for them were not recorded."""
    tool_calls: tuple[MadeCall, ...]
    input_tokens_so_far: int
    """Running totals include this call. Calls without reported usage add nothing."""
    output_tokens_so_far: int
    cost_so_far_usd: float
    unpriced_so_far: int
    """The number of calls so far that have no price and are missing from the cost."""

    @property
    def least_s(self) -> float | None:
        """The length, or the part of it that is known; None if nothing is."""
        return self.length.low if self.length.value is None else self.length.value


def calls_of(cassette: Cassette) -> list[Call]:
    """Return the calls in the order of the recorder's own times if all have one, else in recorded order."""
    steps = steps_of(cassette)
    started = starts_of([step.decoded for step in steps])
    order = list(range(len(steps)))
    # A server's clock of whole seconds, or the clocks of several servers, are less exact than the order of the recording.
    if all(one.grade == "measured" for one in started):
        order.sort(key=lambda place: started[place].value or 0.0)
    steps, started = [steps[place] for place in order], [started[place] for place in order]
    made = made_calls_of(steps)
    asked_for = {one.id: one.name for of_step in made for one in of_step if one.id}
    calls: list[Call] = []
    for step, start, tool_calls in zip(steps, started, made, strict=True):
        failed = _failed_results(step.conversation, asked_for)
        label = label_of(step.conversation, step.decoded.interaction.request, asked_for)
        calls.append(_call(step, label, start, tool_calls, failed, calls[-1] if calls else None))
    return calls


def _failed_results(conversation: Conversation, asked_for: Collection[str]) -> tuple[str, ...]:
    results = trailing_results(conversation)
    return tuple(part.name or "a tool" for part in results if part.is_error and part.id and part.id not in asked_for)


def _call(
    step: Step,
    label: str,
    started: Measure,
    tool_calls: tuple[MadeCall, ...],
    failed: tuple[str, ...],
    before: Call | None,
) -> Call:
    reply = step.decoded.reply
    usage = reply.usage if reply else None
    cost = reply.cost if reply else NO_ANSWER
    error = _error(step)
    has_failed_tool = bool(failed) or any(made.failed for made in tool_calls)
    return Call(
        interaction=step.index,
        label=label,
        deed=deed_of(reply, error),
        outcome="error" if error else "tool failed" if has_failed_tool else "cut off" if _is_cut_off(reply) else "ok",
        status=step.decoded.interaction.response.status,
        model=reply.model if reply else model_of(step.decoded.interaction.request.url),
        started=started,
        length=length_of(step.decoded),
        input_tokens=usage.input if usage else None,
        output_tokens=usage.output if usage else None,
        cost=cost,
        finish_reason=reply.finish_reason if reply else None,
        error=error,
        failed_results=failed,
        tool_calls=tool_calls,
        input_tokens_so_far=(before.input_tokens_so_far if before else 0) + ((usage.input or 0) if usage else 0),
        output_tokens_so_far=(before.output_tokens_so_far if before else 0) + ((usage.output or 0) if usage else 0),
        cost_so_far_usd=(before.cost_so_far_usd if before else 0.0) + (cost.usd or 0.0),
        unpriced_so_far=(before.unpriced_so_far if before else 0) + (cost.usd is None),
    )


def _error(step: Step) -> str:
    reply, response = step.decoded.reply, step.decoded.interaction.response
    if reply and reply.error:
        return str(reply.error)
    return response.status_line if response.status is not None and response.status >= FIRST_ERROR_STATUS else ""


def _is_cut_off(reply: Stream | Answer | None) -> bool:
    """Tell whether the answer ended at its token limit, or the stream broke off."""
    if reply is None:
        return False
    breaks_off = isinstance(reply, Stream) and reply.protocol != "generic" and not reply.complete
    return breaks_off or (reply.finish_reason or "").lower() in _CUT_OFF
