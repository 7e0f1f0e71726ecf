"""Picking one of the interactions of a recording and one of its choices."""

from viewer.display.lanes import choices_of
from viewer.pages.parts.address import pick
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream

_OPENING_CHARACTERS = 40


def pick_interaction(cassette: Cassette, name: str, key: str) -> tuple[int, Stream | None]:
    """Let an interaction be picked, by default the one to show first. Return its index and its stream."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    first = cassette.main_interaction
    count = len(cassette.interactions)
    if count == 1:
        return first, streams.get(first)
    index = pick(
        f"Interaction (of {count})",
        range(count),
        name=name,
        key=key,
        shown=lambda index: _interaction_label(cassette, index, streams.get(index)),
        default=first,
    )
    return index, streams.get(index)


def _interaction_label(cassette: Cassette, index: int, stream: Stream | None) -> str:
    if stream is not None:
        opening = " ".join((stream.text() or stream.text("reasoning")).split())[:_OPENING_CHARACTERS]
        called = ", ".join(call.name for call in stream.tool_calls)
        return f"{index} · {stream.model or stream.protocol} · {opening or called or stream.finish_reason or 'no text'}"
    response = cassette.interactions[index].response
    status = response.status_line
    answer = cassette.answers.get(index)
    if answer is None or answer.error is not None:
        return f"{index} · {status or 'no status'} · no stream"
    opening = " ".join(answer.text.split())[:_OPENING_CHARACTERS] or ", ".join(call.name for call in answer.tool_calls)
    return f"{index} · {answer.model or answer.protocol} · {opening or status} · not streamed"


def pick_choice(stream: Stream, identity: str) -> int:
    """Let a choice of a stream be picked, if it has several."""
    choices = choices_of(stream)
    if len(choices) == 1:
        return choices[0]
    return pick(
        "Choice",
        choices,
        name="choice",
        key=f"choice/{identity}",
        shown=str,
        help="The request asked for several answers. Each is one choice.",
    )
