"""A recorded request and its answer as one conversation: what was said to the model, with which tools, and what it said.

Everything is as it was recorded, secrets too: who lets it leave the machine redacts it first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from viewer.conversation.messages import Message, MessageReader, message_of
from viewer.conversation.parts import Part
from viewer.conversation.requests import read_request
from viewer.conversation.tools import Tool
from viewer.streams.answer import Answer
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.types.http import Interaction

__all__ = ["Conversation", "Message", "Part", "Tool", "conversation_of"]

_ROLES = {"gemini-generate": "model", "gemini-interactions": "model", "gemini-live": "model", "cohere-v1": "CHATBOT"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """Hold what was said to a model and what it answered."""

    messages: tuple[Message, ...]
    """Of the request, in order, the system prompt first."""
    tools: tuple[Tool, ...]
    """Declared by the request."""
    parameters: tuple[tuple[str, str], ...]
    """Every other field of the request, its name and its JSON, in the order sent; inner fields by their path."""
    answer: tuple[Message, ...]
    """One for each choice: reasoning, content and tool calls put together, in the order in which they began."""
    readable: bool
    """False where what was said is not understood; `parameters` still hold what JSON there is."""


def conversation_of(
    interaction: Interaction, said: Stream | Answer | None, read_message: MessageReader = message_of
) -> Conversation:
    """Return a request and what came back, a stream or an answer that came whole, as one conversation."""
    content = read_request(interaction.request, read_message)
    return Conversation(
        tuple(_tied(content.messages)),
        tuple(content.tools),
        tuple((name, write(value)) for name, value in content.parameters),
        tuple(_answer(said)),
        content.readable,
    )


def _tied(messages: list[Message]) -> Iterator[Message]:
    """Yield messages whose tool results have the name of the tool, which many providers write at the call alone.

    A message of results with neither id nor name, as xAI's gRPC sends them, is of the first call not answered before it.
    """
    open_calls: dict[str, str] = {}
    names: dict[str, str] = {}
    for message in messages:
        calls = {part.id: part.name for part in message.parts if part.kind == "tool_call" and part.id}
        names |= calls
        open_calls |= calls
        results = [part for part in message.parts if part.kind == "tool_result"]
        if not results:
            yield message
            continue
        bare = any(not part.id and not part.name for part in results)
        by_order = next(iter(open_calls), "") if bare else ""
        tied = message
        if not all(part.name for part in results):
            tied = replace(message, parts=tuple(_with_call(part, by_order, names) for part in message.parts))
        for part in tied.parts:
            if part.kind == "tool_result":
                open_calls.pop(part.id, None)
        yield tied


def _with_call(part: Part, by_order: str, names: Mapping[str, str]) -> Part:
    if part.kind != "tool_result" or part.name:
        return part
    call_id = part.id or by_order
    return replace(part, id=call_id, name=names.get(call_id, ""))


def _answer(said: Stream | Answer | None) -> Iterator[Message]:
    if isinstance(said, Stream):
        yield from _streamed(said)
    elif said is not None:
        yield from _whole(said)


def _streamed(stream: Stream) -> Iterator[Message]:
    """Yield the message of each choice of a stream."""
    chunks = stream.chunks
    shown = chunks[chunks["kind"].isin(("reasoning", "content", "refusal", "audio", "tool_call"))]
    role = _ROLES.get(stream.protocol, "assistant")
    for choice, rows in shown.groupby("choice", sort=True):
        calls = [call for call in stream.tool_calls if call.choice == choice]
        parts: list[Part] = []
        for kind in rows["kind"].unique():
            text = "".join(rows.loc[rows["kind"] == kind, "text"])
            match kind:
                case "tool_call":
                    parts += [Part("tool_call", call.arguments, call.name, call.id) for call in calls]
                case "refusal":
                    parts.append(Part("text", text, "refusal"))
                case "audio":
                    parts.append(Part("audio", text))
                case "reasoning":
                    parts.append(Part("reasoning", text))
                case _:
                    parts.append(Part("text", text))
        yield Message(role, tuple(part for part in parts if part.text or part.kind in ("tool_call", "audio")))


def _whole(answer: Answer) -> Iterator[Message]:
    """Yield the message of each choice of an answer that came whole, which keeps the text of the first alone."""
    role = _ROLES.get(answer.protocol, "assistant")
    for choice in sorted({0, *(call.choice for call in answer.tool_calls)}):
        parts = [Part("reasoning", answer.reasoning), Part("text", answer.text)] if choice == 0 else []
        parts = [part for part in parts if part.text]
        parts += [
            Part("tool_call", call.arguments, call.name, call.id) for call in answer.tool_calls if call.choice == choice
        ]
        if parts:
            yield Message(role, tuple(parts))
