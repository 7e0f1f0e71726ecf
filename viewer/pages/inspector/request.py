"""The tab of the conversation: the messages of the request, and the answer as a client assembles it."""

from viewer.conversation.conversation import Conversation, Message, Part, conversation_of
from viewer.display.blocks import PARAMETERS, TOOLS, UNKNOWN_REQUEST
from viewer.display.nodes import Node, node
from viewer.pages.parts.sheet import sheet
from viewer.streams.answer import Answer
from viewer.streams.stream import Stream
from viewer.text.words import number
from viewer.types.http import Interaction

_MAX_CHARACTERS = 50_000
_KNOWN_ROLES = ("system", "developer", "user", "assistant", "model", "tool")
_LABELS = {"tool_call": "calls", "tool_result": "result of", "reasoning": "reasoning"}


def show(interaction: Interaction, reply: Stream | Answer | None) -> None:
    """Show the messages of the request, the answer, the parameters and the tools."""
    conversation = conversation_of(interaction, reply)
    sheet(_nodes(conversation), key="conversation")


def _nodes(conversation: Conversation) -> list[Node]:
    nodes: list[Node] = []
    if not conversation.readable:
        nodes.append(node("p", "note", f"{UNKNOWN_REQUEST} The HTTP tab shows it unchanged."))
    nodes += [_message(message) for message in conversation.messages]
    if conversation.answer:
        nodes.append(node("h2", "", "Answer"))
        nodes += [_message(message) for message in conversation.answer]
    if conversation.parameters:
        rows = [
            node("li", "", node("span", "name", name), node("code", "", value))
            for name, value in conversation.parameters
        ]
        nodes += [node("h2", "", PARAMETERS), node("ul", "parameters", *rows)]
    if conversation.tools:
        nodes.append(node("h2", "", f"{TOOLS} ({number(len(conversation.tools))})"))
        nodes += [
            node(
                "details",
                "",
                node("summary", "", node("b", "", tool.name), node("span", "note", f" {tool.description[:200]}")),
                node("pre", "", tool.schema),
            )
            for tool in conversation.tools
        ]
    return nodes


def _message(message: Message) -> Node:
    parts = [_part(part) for part in message.parts]
    who = " ".join(word for word in (message.role, message.name) if word)
    kind = message.role if message.role in _KNOWN_ROLES else ""
    return node("div", f"message {kind}", node("p", "role", who), *parts)


def _part(part: Part) -> Node:
    text = part.text[:_MAX_CHARACTERS]
    cut = [node("p", "note", f"The first {number(_MAX_CHARACTERS)} of {number(len(part.text))} characters are shown.")]
    label = " ".join(word for word in (_LABELS.get(part.kind, ""), part.name) if word)
    head = [node("p", "note", label)] if label else []
    body = node("pre" if part.kind in ("tool_call", "tool_result") else "p", f"said {part.kind}", text)
    return node("div", "part", *head, body, *(cut if len(text) < len(part.text) else []))
