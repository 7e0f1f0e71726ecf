"""The conversation as nodes: messages, answer, tools and parameters of the request."""

from viewer.conversation.conversation import Conversation, Message, Part, Tool
from viewer.display.blocks import PARAMETERS, TOOLS, UNKNOWN_REQUEST
from viewer.display.nodes import Node, node
from viewer.text.words import number

_TONES = {"reasoning": "reasoning", "tool_call": "tool_call", "tool_result": "tool_call"}
_NAMES = {"tool_call": "call", "tool_result": "result", "other": "other part"}


class RepeatedNodes:
    """The nodes of messages, each made once. Every request of an agent repeats the messages of the one before."""

    def __init__(self) -> None:
        self._made: dict[Message, Node] = {}

    def __call__(self, message: Message) -> Node:
        """Return the node of a message of a request."""
        made = self._made.get(message)
        if made is None:
            made = self._made[message] = _message(message, "")
        return made


def conversation(one: Conversation, nodes_of: RepeatedNodes) -> list[Node]:
    """Return the messages, the answer after them, then the tools and parameters of the request."""
    note = [node("p", "note", UNKNOWN_REQUEST)] if not one.readable else []
    messages = list(map(nodes_of, one.messages))
    answer = [_message(message, "answer") for message in one.answer]
    return [*note, node("ul", "conversation", *messages, *answer), *_tools(one.tools), *_parameters(one.parameters)]


def _message(message: Message, kind: str) -> Node:
    name = [node("span", "note", message.name)] if message.name else []
    role = node("div", "role", message.role, *name)
    return node("li", kind, role, node("div", "parts-of", *map(_part, message.parts)))


def _part(part: Part) -> Node:
    label = " · ".join(one for one in (_NAMES.get(part.kind, part.kind), part.name, part.id) if one)
    tone = "refusal" if part.is_error or part.name == "refusal" else _TONES.get(part.kind, "")
    failed = [node("span", "fails", "failed")] if part.is_error else []
    head = [] if part.kind == "text" and not part.name else [node("p", f"label {tone}", label, *failed)]
    is_code = part.kind in ("tool_call", "tool_result", "other")
    text = node("pre", {"class": "code" if is_code else f"text {tone}", "dir": "auto", **_scrollable(label)}, part.text)
    return node("div", "part-of", *head, *([text] if part.text else []))


def _scrollable(label: str) -> dict[str, str]:
    return {"tabindex": "0", "role": "group", "aria-label": label}


def _tools(tools: tuple[Tool, ...]) -> list[Node]:
    if not tools:
        return []
    rows = [
        node(
            "li",
            "",
            node("p", "", node("code", "tool_call", tool.name), f" {tool.description}"),
            *(
                [node("pre", {"class": "code", **_scrollable(f"schema of {tool.name}")}, tool.schema)]
                if tool.schema
                else []
            ),
        )
        for tool in tools
    ]
    return [
        node("details", "", node("summary", "", f"{TOOLS} ({number(len(tools))})"), node("ul", "tools-declared", *rows))
    ]


def _parameters(parameters: tuple[tuple[str, str], ...]) -> list[Node]:
    if not parameters:
        return []
    rows = [
        node("tr", "", node("th", {"scope": "row"}, name), node("td", "", node("code", "", value)))
        for name, value in parameters
    ]
    summary = node("summary", "", f"{PARAMETERS} ({number(len(parameters))})")
    return [node("details", "", summary, node("table", "headers", node("tbody", "", *rows)))]
