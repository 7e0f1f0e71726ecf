"""Problems of a stream as a whole, found once all its events are read."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from viewer.protocols.reading import Reading
from viewer.text.json import is_whole, parse
from viewer.types.chunk_table import CONTENT, FINISH, KINDS, OTHER, REASONING, SILENT, START, distinct
from viewer.types.problems import Problem
from viewer.types.replies import ToolCall
from viewer.types.usage import Usage
from viewer.wire import Events

_MIN_REPEATING = 3
"""Two texts may begin alike by chance."""
_MIN_REPEATED_CHARACTERS = 8
"""So may a few characters, such as `ha` `ha` `haha`."""
_USAGE_ADVICE = "The provider's own numbers are shown as reported; do not add them up."


def find_problems(
    events: Events, reading: Reading, usage: Usage | None, tool_calls: Sequence[ToolCall], *, all_read: bool = True
) -> Iterator[Problem]:
    """Yield damaged events, errors, a missing end, unreadable tool calls, contradictions and sums that do not add up.

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
    # An event that is cut off adds a row without text. Other problems of the last event say nothing about the end, unless
    # it cannot be read at all.
    cut_off = reading.kind[-1] == OTHER and not reading.text[-1] and _has_problem_at(events.offset[last], reading)
    cut_off |= reading.last_unreadable == last
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
    yield from _contradicting_reasons(reading)
    if usage and usage.fallen:
        message = f"The last usage object has fewer tokens than one before it: {'; '.join(usage.fallen)}."
        yield Problem("warning", message, "The last one counts, as in an SDK. It may be wrong, and so may the cost.")
    yield from _repeated_text(events, reading)
    for check in usage.checks if usage else ():
        if not check.passed:
            yield Problem(
                "warning", f"The reported usage does not add up: {check.name}, but {check.figures}.", _USAGE_ADVICE
            )


def _has_problem_at(offset: int, reading: Reading) -> bool:
    return any(problem.offset == offset for problem in reading.problems)


def _contradicting_reasons(reading: Reading) -> Iterator[Problem]:
    """Yield a problem if the stream gives two finish reasons for the same end."""
    for choice, earlier, later in reading.finish_reasons.replaced[:1]:
        if _has_adjacent_finishes(reading, choice):
            where = f"Choice {choice}" if choice else "The stream"
            message = f"{where} has two finish reasons: first {earlier!r}, then {later!r}."
            yield Problem("warning", message, "The last one is shown, as in an SDK. One of the two is wrong.")


def _has_adjacent_finishes(reading: Reading, choice: int) -> bool:
    """Tell whether a choice finishes twice and nothing happens in between.

    After a reason such as `tool_use`, a stream may go on to the next message, or with what a tool of the provider found.
    """
    rows = zip(reading.kind, reading.choice, reading.text, strict=True)
    happens = [kind for kind, of, text in rows if of == choice and (text or kind in (FINISH, START, SILENT))]
    return any(pair == (FINISH, FINISH) for pair in itertools.pairwise(happens))


def _repeated_text(events: Events, reading: Reading) -> Iterator[Problem]:
    """Yield a problem if each chunk of a text repeats what came before it, or the last one repeats all others."""
    kind = np.frombuffer(reading.kind, dtype=np.int8)
    choices = np.frombuffer(reading.choice, dtype=np.int16)
    for wanted in (CONTENT, REASONING):
        of_kind = np.flatnonzero(kind == wanted)
        for choice in distinct(choices[of_kind]):
            rows = of_kind[choices[of_kind] == choice].tolist()
            first, last = reading.text[rows[0]], reading.text[rows[-1]]
            # Nearly every text ends here.
            if len(rows) < _MIN_REPEATING or not last.startswith(first):
                continue
            texts = [reading.text[row] for row in rows]
            where = f"the {KINDS[wanted]}{f' of choice {choice}' if choice else ''}"
            if _is_cumulative(texts):
                row, message = rows[1], f"Each chunk of {where} repeats all text before it."
            elif _ends_with_repetition(texts):
                row, message = rows[-1], f"The last chunk of {where} repeats all text before it."
            else:
                continue
            offset = int(events.offset[reading.event[row]])
            yield Problem("warning", message, "It is shown as an SDK joins it: more than once.", offset=offset)


def _is_cumulative(texts: Sequence[str]) -> bool:
    """Tell whether each text begins with the one before it, and some grow."""
    if not all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts)):
        return False
    return len(set(map(len, texts))) >= _MIN_REPEATING and len(set(texts[-1])) > 1


def _ends_with_repetition(texts: Sequence[str]) -> bool:
    """Tell whether the last text is all the others joined."""
    length = len(texts[-1])
    return (
        length >= _MIN_REPEATED_CHARACTERS and sum(map(len, texts)) == 2 * length and "".join(texts[:-1]) == texts[-1]
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
