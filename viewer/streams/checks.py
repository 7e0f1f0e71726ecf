"""Problems of a stream as a whole, found once all its events are read."""

from collections.abc import Iterator, Sequence

from viewer.protocols.reading import Reading
from viewer.text.json import is_whole, parse
from viewer.types.problems import Problem
from viewer.types.replies import ToolCall
from viewer.types.usage import Usage
from viewer.wire import Events

_USAGE_ADVICE = "The provider's own numbers are shown as reported; do not add them up."


def find_problems(
    events: Events, reading: Reading, usage: Usage | None, tool_calls: Sequence[ToolCall], *, all_read: bool = True
) -> Iterator[Problem]:
    """Yield damaged events, errors, a missing end, unreadable tool calls and sums that do not add up.

    A missing end is not reported unless all events were read.
    """
    for index, damage in events.damage:
        yield Problem(
            "warning",
            f"Event {index} is damaged: {damage}.",
            "An SDK would stop here; everything readable is shown.",
            offset=int(events.offset[index]),
        )
    yield from _half_characters(events, reading)
    last = len(events) - 1
    cut_off = any(problem.offset == events.offset[last] for problem in reading.problems)
    # Many recorders strip the last line end, and after [DONE] it does not matter.
    if events.unterminated and not cut_off and not (events.data[last] or b"[DONE]").startswith(b"[DONE]"):
        yield Problem(
            "note",
            f"The body ends before event {last} is closed by a blank line or a bracket, so an SDK may drop it.",
            "The recording may be cut off.",
            offset=int(events.offset[last]),
        )
    if reading.error is not None:
        yield Problem("error", f"The provider sent an error: {reading.error}", "What came before it is shown.")
    elif all_read and not reading.ended and not cut_off:
        yield Problem(
            "warning", "The stream ends without a finish reason.", "It broke off, or the recording is cut off."
        )
    yield from _unreadable_arguments(tool_calls if all_read else tool_calls[:-1])
    for check in usage.checks if usage else ():
        if not check.passed:
            yield Problem(
                "warning", f"The reported usage does not add up: {check.name}, but {check.figures}.", _USAGE_ADVICE
            )


def _unreadable_arguments(tool_calls: Sequence[ToolCall]) -> Iterator[Problem]:
    for call in tool_calls:
        # The arguments of custom tools are any text, so only what begins like JSON has to be JSON.
        if not call.arguments.lstrip().startswith(("{", "[")):
            continue
        try:
            parse(call.arguments.encode("utf-8", "replace") or b"{}")
        except ValueError:
            yield Problem(
                "warning",
                f"The arguments of the tool call {call.name or call.id!r} are not JSON.",
                "They may be cut off.",
            )


def _half_characters(events: Events, reading: Reading) -> Iterator[Problem]:
    # All texts are checked at once first, because nearly every stream passes.
    if not is_whole("".join(reading.text)):
        event = next(index for index, text in zip(reading.event, reading.text, strict=True) if not is_whole(text))
        yield Problem(
            "warning",
            f"Event {event} has half a character (a lone surrogate), which is shown as \ufffd.",
            "The provider cut the character in two; its other half may be in the next event.",
            offset=int(events.offset[event]),
        )
