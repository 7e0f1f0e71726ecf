"""The steps of a recorded agent: its interactions with a model or a tool, each read once, and where tool results went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viewer.conversation.call_times import DecodedInteraction, decoded_interactions
from viewer.conversation.conversation import Conversation, conversation_of
from viewer.conversation.failed_results import is_failed
from viewer.conversation.messages import RepeatedMessages
from viewer.conversation.tool_results import Turn, find_results
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.replies import ToolCall


@dataclass(frozen=True, slots=True)
class MadeCall:
    """A tool call of a model, and the request that brought its result back."""

    id: str
    name: str
    choice: int
    answered_by: int | None
    """The index of the first later interaction whose request holds the result; None if there is none."""
    failed: bool = False
    """Whether that result is marked as an error."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One interaction with a model or a tool."""

    index: int
    """Its index in `cassette.interactions`."""
    decoded: DecodedInteraction
    conversation: Conversation


def steps_of(cassette: Cassette) -> list[Step]:
    """Return the interactions with a model or a tool. Other requests of the same program are not steps of an agent."""
    read_message = RepeatedMessages()
    places = cassette.session.stamped_calls if cassette.session else ()
    steps: list[Step] = []
    for index, one in enumerate(decoded_interactions(cassette)):
        # The answer is not needed as messages.
        conversation = conversation_of(one.interaction, None, read_message)
        if conversation.readable or isinstance(one.reply, Stream) or (one.reply and one.reply.protocol):
            place = places[index] if index < len(places) else None
            steps.append(Step(index, one._replace(place=place), conversation))
    return steps


def made_calls_of(steps: Sequence[Step]) -> list[tuple[MadeCall, ...]]:
    """Return the tool calls of each step, with the request that brought each result back."""
    conversations = {step.index: step.conversation for step in steps}
    answered_by = find_results([Turn(step.index, step.conversation, tool_calls_of(step)) for step in steps])
    return [
        tuple(
            _made_call(call, target, conversations) for call, target in zip(tool_calls_of(step), targets, strict=True)
        )
        for step, targets in zip(steps, answered_by, strict=True)
    ]


def _made_call(call: ToolCall, target: int | None, conversations: Mapping[int, Conversation]) -> MadeCall:
    failed = target is not None and is_failed(call, conversations[target])
    return MadeCall(call.id, call.name, call.choice, target, failed)


def tool_calls_of(step: Step) -> Sequence[ToolCall]:
    """Return the tool calls in the response of a step."""
    return step.decoded.reply.tool_calls if step.decoded.reply else []
