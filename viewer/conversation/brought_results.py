"""What the tools that a stream called returned, as a later request brings it back to the model."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from viewer.conversation.conversation import Conversation, conversation_of
from viewer.conversation.messages import RepeatedMessages
from viewer.conversation.parts import Part, described
from viewer.conversation.tool_results import Turn, find_results, is_model
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.replies import ToolCall

# An agent sends results with its next request, or, if it works on several things at once, a few requests later.
_MAX_REQUESTS = 24


_RESULT_KINDS = ("tool_result", "image", "audio", "file")


class BroughtResult(NamedTuple):
    """What one tool call returned."""

    call: int
    """The index in `stream.tool_calls`."""
    interaction: int
    """The interaction whose request holds it."""
    text: str
    is_error: bool


def brought_results(cassette: Cassette, stream: Stream) -> list[BroughtResult]:
    """Return the results of a stream's tool calls, in the order of the calls, from the next requests that hold them."""
    in_stream = {step.id for step in stream.tool_steps if not step.is_call and step.id}
    open_calls = {
        place: call for place, call in enumerate(stream.tool_calls) if not call.id or call.id not in in_stream
    }
    found: list[BroughtResult] = []
    read_message = RepeatedMessages()
    for interaction in _later_requests(cassette, stream.interaction):
        if not open_calls:
            break
        conversation = conversation_of(cassette.interactions[interaction], None, read_message)
        own = Turn(stream.interaction, Conversation((), (), (), (), readable=True), [*open_calls.values()])
        answered, _ = find_results([own, Turn(interaction, conversation, ())])
        for place, answer in zip([*open_calls], answered, strict=True):
            parts = _parts_of_result(conversation, open_calls[place]) if answer is not None else []
            if parts:
                del open_calls[place]
                text = "\n".join(text for part in parts if (text := described(part)))
                found.append(BroughtResult(place, interaction, text, any(part.is_error for part in parts)))
    return sorted(found)


def _later_requests(cassette: Cassette, interaction: int) -> Iterator[int]:
    """Yield the next requests. In a session, those of the same agent: a subagent can make a hundred before its result comes."""
    later: Iterable[int] = range(interaction + 1, len(cassette.interactions))
    calls = cassette.session.calls if cassette.session else ()
    if len(calls) == len(cassette.interactions):
        later = (index for index in later if calls[index].agent == calls[interaction].agent)
    return islice(later, _MAX_REQUESTS)


def _parts_of_result(conversation: Conversation, call: ToolCall) -> list[Part]:
    """Return the parts of the result of a call: by its id, with images and files, or by its place among the calls of the same tool."""
    parts = [(part, is_model(message.role)) for message in conversation.messages for part in message.parts]
    results = [part for part, of_model in parts if part.kind == "tool_result" and not of_model]
    if call.id and any(part.id == call.id for part in results):
        return [part for part, of_model in parts if not of_model and part.id == call.id and part.kind in _RESULT_KINDS]
    calls = [part for part, _ in parts if part.kind == "tool_call" and part.name == call.name]
    place = next((at for at, part in enumerate(calls) if part.text == call.arguments), len(calls) - 1)
    return [part for part in results if part.name == call.name][place : place + 1]
