"""The first things that page, report, notebook and terminal say of an interaction, in words.

Who answered, what was asked, what happened, the headline figures, and what went wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from viewer.conversation.conversation import Message, conversation_of
from viewer.conversation.earlier_tools import with_tool_names
from viewer.display.alarms import Alarm, alarms_of
from viewer.display.asked import Asked, asked_in
from viewer.display.headline import Figure, answer_title, response_figures, stream_figures, stream_title
from viewer.display.story import answer_story, source_line, stream_story
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import Cost
from viewer.streams.stream import Stream
from viewer.text.words import MARKS, MEANINGS
from viewer.types.problems import Problem
from viewer.types.usage import Usage

_HOW_TO_RECORD = (
    "To record them, send requests through `cassette-viewer record`, or write down the time of each piece as"
    " docs/recording-by-hand.md shows."
)


class Times(NamedTuple):
    """How well the times of a stream are known."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above everything else about an interaction."""

    title: str
    source: str
    """Host, protocol, recorder, status and finish reason."""
    problems: tuple[Problem, ...]
    asked: Asked | None
    """None if the request was not recorded or asks nothing."""
    story: str
    """"" if an alarm says it all."""
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    """What the figures leave out or are not sure of, each a sentence."""
    times: Times | None
    """None if the response was not streamed."""
    alarms: tuple[Alarm, ...]


def head_of(
    cassette: Cassette, index: int, reply: Stream | Answer | None, messages: Sequence[Message] | None = None
) -> Head:
    """Return the head of an interaction. `messages` are those of its request, if the caller has read them."""
    if messages is None:
        messages = conversation_of(cassette.interactions[index], None).messages
    if cassette.session:
        messages = with_tool_names(messages, cassette, index)
    stream = reply if isinstance(reply, Stream) else None
    answer = reply if isinstance(reply, Answer) else None
    if stream:
        title, story, figures = stream_title(stream), stream_story(stream), stream_figures(stream)
    else:
        title = answer_title(cassette, index)
        story = answer_story(answer) if answer and answer.error is None else ""
        figures = response_figures(cassette.interactions[index], answer)
    return Head(
        title=title,
        source=source_line(cassette, index, stream),
        problems=tuple(problem for problem in cassette.problems if problem.interaction in (index, None)),
        asked=asked_in(messages),
        story=story,
        figures=tuple(figures),
        notes=tuple(_notes(reply.usage, reply.cost)) if reply else (),
        times=_times(stream) if stream else None,
        alarms=tuple(alarms_of(cassette, index, reply)),
    )


def _notes(usage: Usage | None, cost: Cost) -> list[str]:
    wrong = [check for check in usage.checks if not check.passed] if usage else []
    sums = [f"The token counts do not add up: {wrong[0].name}, but {wrong[0].figures}."] if wrong else []
    caveats = cost.caveats if cost.usd is not None else ()
    return [*sums, *(f"Cost: {caveat.rstrip('.')}." for caveat in caveats)]


def _times(stream: Stream) -> Times:
    grade = stream.timing.grade
    if grade == "paced":
        return Times(
            "Chunk times not recorded",
            f"This file holds no arrival times of chunks, so no figure about chunks is stated in seconds. {_HOW_TO_RECORD}",
        )
    text = f"Times are {grade}: {MEANINGS[grade]}."
    if grade in ("bounded", "span"):
        text += " A range or a bound is certain; the small figure under it is an estimate."
    if grade != "measured":
        text += " Arrival times are not in this file."
    return Times(f"Times: {grade} {MARKS[grade]}", f"{text} {_HOW_TO_RECORD}" if grade != "measured" else text)
