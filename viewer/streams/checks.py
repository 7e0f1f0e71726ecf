"""What is wrong with a stream as a whole, once all its events are read."""

from collections.abc import Iterator, Sequence

from viewer.protocols.reading import Reading
from viewer.text.json import is_whole, parse
from viewer.types.problems import Problem
from viewer.types.replies import ToolCall
from viewer.types.usage import Usage
from viewer.wire import Events

_USAGE_ADVICE = "The provider's own numbers are shown as reported; do not add them up."


def findings(
    events: Events, reading: Reading, usage: Usage | None, tool_calls: Sequence[ToolCall], *, all_read: bool = True
) -> Iterator[Problem]:
    """Yield how a stream broke off, what the provider refused, and what does not add up.

    Of one of which not all was read it is not said that it broke off.
    """
    for index, what in events.damage:
        yield Problem(
            "warning",
            f"Event {index} is damaged: {what}.",
            "An SDK would stop here; what can be read is shown.",
            offset=int(events.offset[index]),
        )
    yield from _halves(events, reading)
    last = len(events) - 1
    cut_off = any(problem.offset == events.offset[last] for problem in reading.problems)
    # Many recorders strip the last line end; after [DONE] nobody misses it.
    if events.unterminated and not cut_off and not (events.data[last] or b"[DONE]").startswith(b"[DONE]"):
        yield Problem(
            "note",
            f"The body ends before the end of event {last} does (a blank line, or a bracket); an SDK may drop it.",
            "The recording may be cut off.",
            offset=int(events.offset[last]),
        )
    if reading.error is not None:
        yield Problem("error", f"The provider sent an error: {reading.error}", "What came before it is shown.")
    elif all_read and not reading.ended and not cut_off:
        yield Problem(
            "warning", "The stream ends without a finish reason.", "It broke off, or the recording is cut off."
        )
    yield from _unreadable_calls(tool_calls if all_read else tool_calls[:-1])
    for check in usage.checks if usage else ():
        if not check.passed:
            yield Problem(
                "warning", f"The reported usage does not add up: {check.name}, but {check.figures}.", _USAGE_ADVICE
            )


def _unreadable_calls(tool_calls: Sequence[ToolCall]) -> Iterator[Problem]:
    for call in tool_calls:
        # Custom tools take any text.
        if not call.arguments.lstrip().startswith(("{", "[")):
            continue
        try:
            parse(call.arguments.encode("utf-8", "replace") or b"{}")
        except ValueError:
            yield Problem(
                "warning",
                f"The arguments of the tool call {call.name or call.id!r} are not JSON.",
                "Were they cut off?",
            )


def _halves(events: Events, reading: Reading) -> Iterator[Problem]:
    # Together first, since nearly every stream has none.
    if not is_whole("".join(reading.text)):
        half = next(index for index, text in zip(reading.event, reading.text, strict=True) if not is_whole(text))
        yield Problem(
            "warning",
            f"Event {half} holds half of a character (a lone surrogate), which shows as \ufffd.",
            "The provider cut it in two, or its other half stands in the event after it.",
            offset=int(events.offset[half]),
        )
