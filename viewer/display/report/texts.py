"""Recorded texts with labels, for readers without a script."""

from viewer.display.nodes import Node, node
from viewer.streams.stream import Stream


def stream_texts(stream: Stream) -> list[Node]:
    """Return the texts and tool calls of a stream. With a script, the deck replaces them."""
    kinds = [(kind, stream.text(kind)) for kind in ("reasoning", "content", "refusal")]
    blocks = [text_block(kind, text, kind) for kind, text in kinds if text]
    return blocks + [text_block(f"tool call {call.name}", call.arguments, "tool_call") for call in stream.tool_calls]


def text_block(label: str, text: str, kind: str) -> Node:
    """Return a text with a label."""
    attributes = {"class": "text", "tabindex": "0", "role": "group", "aria-label": label, "dir": "auto"}
    head = node("p", "label", node("span", f"swatch {kind}"), label)
    return node("div", "recorded", head, node("pre", attributes, text))
