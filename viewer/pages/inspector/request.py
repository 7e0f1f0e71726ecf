"""The tab of the conversation: the messages of the request, and the answer as a client assembles it."""

from viewer.conversation.conversation import Conversation, Message, Part, conversation_of
from viewer.display.blocks import PARAMETERS, TOOLS, UNKNOWN_REQUEST
from viewer.display.nodes import Node, node
from viewer.pages.parts.sheet import sheet
from viewer.streams.answer import Answer
from viewer.streams.stream import Stream
from viewer.text.json import parse, write
from viewer.text.words import number
from viewer.types.http import Interaction

_FOLDED_CHARACTERS, _SHOWN_CHARACTERS = 2_000, 1_000
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
                node("pre", "", _indented(tool.schema)),
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
    """Return a part of a message with its label. A long text is folded behind its beginning."""
    label = " ".join(word for word in (_LABELS.get(part.kind, ""), part.name) if word)
    head = [node("p", "note", label)] if label else []
    tag = "pre" if part.kind in ("tool_call", "tool_result") else "p"
    if len(part.text) <= _FOLDED_CHARACTERS:
        return node("div", "part", *head, node(tag, f"said {part.kind}", part.text))
    beginning = node(tag, f"said {part.kind}", f"{part.text[:_SHOWN_CHARACTERS]} …")
    rest = node(
        "details",
        "",
        node("summary", "note", f"All {number(len(part.text))} characters"),
        node(tag, f"said {part.kind}", part.text),
    )
    return node("div", "part", *head, beginning, rest)


def _indented(schema: str) -> str:
    try:
        return write(parse(schema.encode()), indent=True)
    except ValueError:
        return schema
