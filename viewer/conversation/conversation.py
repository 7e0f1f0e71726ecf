"""A recorded request and its response as one conversation: messages, tools and parameters, and the answer.

Everything is shown as recorded, including secrets. Redact a recording before you share it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from viewer.conversation.messages import Message, MessageReader, NamedMessages, RepeatedMessages, message_of
from viewer.conversation.parts import Part
from viewer.conversation.requests import read_request
from viewer.conversation.tools import Tool
from viewer.streams.answer import Answer
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.types.chunk_table import AUDIO, CONTENT, KINDS, REASONING, REFUSAL, TOOL_CALL, is_kind
from viewer.types.http import Interaction
from viewer.types.replies import ToolStep

__all__ = ["Conversation", "Message", "Part", "Tool", "conversation_of"]

_ROLES = {"gemini-generate": "model", "gemini-interactions": "model", "gemini-live": "model", "cohere-v1": "CHATBOT"}

_SHOWN_KINDS = (REASONING, CONTENT, REFUSAL, AUDIO, TOOL_CALL)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said to a model and what it answered."""

    messages: tuple[Message, ...]
    """The messages of the request in order, the system prompt first."""
    tools: tuple[Tool, ...]
    """The tools that the request declares."""
    parameters: tuple[tuple[str, str], ...]
    """Every other field of the request in recorded order: its path and its value as JSON."""
    answer: tuple[Message, ...]
    """One message per choice, with reasoning, content and tool calls in the order in which they began, and results of the provider's own tools."""
    readable: bool
    """False if no field of the request is known to hold messages. `parameters` then have all of its JSON."""


def conversation_of(
    interaction: Interaction, reply: Stream | Answer | None, read_message: MessageReader = message_of
) -> Conversation:
    """Return a request and its decoded response as one conversation.

    `read_message` can be a `RepeatedMessages`, shared between requests that repeat each other's messages.
    """
    content = read_request(interaction.request, read_message)
    return Conversation(
        tuple(_tied(content.messages, read_message.named if isinstance(read_message, RepeatedMessages) else {})),
        tuple(content.tools),
        tuple((name, write(value)) for name, value in content.parameters),
        tuple(_answer(reply)),
        content.readable,
    )


def _tied(messages: list[Message], named: NamedMessages) -> Iterator[Message]:
    """Yield the messages with the name of the tool in each tool result. Many providers write it only in the call.

    A message of results without id and name, as in xAI's gRPC, belongs to the first call that has no result yet.
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
            key = id(message), by_order, tuple(names.get(part.id or by_order, "") for part in results)
            if key not in named:
                parts = tuple(_with_call(part, by_order, names) for part in message.parts)
                named[key] = message, replace(message, parts=parts)
            _, tied = named[key]
        for part in tied.parts:
            if part.kind == "tool_result":
                open_calls.pop(part.id, None)
        yield tied


def _with_call(part: Part, by_order: str, names: Mapping[str, str]) -> Part:
    if part.kind != "tool_result" or part.name:
        return part
    call_id = part.id or by_order
    return replace(part, id=call_id, name=names.get(call_id, ""))


def _answer(reply: Stream | Answer | None) -> Iterator[Message]:
    if isinstance(reply, Stream):
        yield from _streamed(reply)
    elif reply is not None:
        yield from _not_streamed(reply)


def _streamed(stream: Stream) -> Iterator[Message]:
    """Yield one message per choice of a stream."""
    columns = stream.columns
    is_shown = is_kind(columns.kind, _SHOWN_KINDS)
    role = _ROLES.get(stream.protocol, "assistant")
    for choice in sorted({*columns.choice[is_shown].tolist()}):
        calls = [call for call in stream.tool_calls if call.choice == choice]
        parts: list[Part] = []
        of_choice = is_shown & (columns.choice == choice)
        for kind in dict.fromkeys(columns.kind[of_choice].tolist()):
            text = "".join(columns.text[of_choice & (columns.kind == kind)].tolist())
            match KINDS[kind]:
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
        parts = [part for part in parts if part.text or part.kind in ("tool_call", "audio")]
        steps = [step for step in stream.tool_steps if step.choice == choice]
        yield Message(role, tuple(_with_tool_steps(parts, steps)))


def _with_tool_steps(parts: Sequence[Part], steps: Sequence[ToolStep]) -> Iterator[Part]:
    """Yield the parts of an answer with what the provider's own tools returned, each result after its call if that has an id."""
    called = {part.id for part in parts if part.kind == "tool_call" and part.id}
    for part in parts:
        yield part
        if part.kind == "tool_call" and part.id:
            yield from (_tool_part(step, part.name) for step in steps if step.id == part.id and not step.is_call)
    yield from (_tool_part(step) for step in steps if step.is_call or step.id not in called)


def _tool_part(step: ToolStep, name: str = "") -> Part:
    return Part("tool_call" if step.is_call else "tool_result", step.text, name or step.name, step.id, step.is_error)


def _not_streamed(answer: Answer) -> Iterator[Message]:
    """Yield one message per choice of an answer that was not streamed. Only the text of the first choice is kept."""
    role = _ROLES.get(answer.protocol, "assistant")
    for choice in sorted({0, *(call.choice for call in answer.tool_calls)}):
        parts = [Part("reasoning", answer.reasoning), Part("text", answer.text)] if choice == 0 else []
        parts = [part for part in parts if part.text]
        parts += [
            Part("tool_call", call.arguments, call.name, call.id) for call in answer.tool_calls if call.choice == choice
        ]
        if parts:
            yield Message(role, tuple(parts))
