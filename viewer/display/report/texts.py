"""Recorded texts, each with what it is."""

from viewer.display.nodes import Node, node
from viewer.streams.stream import Stream


def stream_texts(stream: Stream) -> list[Node]:
    """Return what a stream says, for readers without a script: the deck takes their place."""
    kinds = [(kind, stream.text(kind)) for kind in ("reasoning", "content", "refusal")]
    blocks = [text_block(kind, said, kind) for kind, said in kinds if said]
    return blocks + [text_block(f"tool call {call.name}", call.arguments, "tool_call") for call in stream.tool_calls]


def text_block(label: str, said: str, kind: str) -> Node:
    """Return a text with a label."""
    attributes = {"class": "text", "tabindex": "0", "role": "group", "aria-label": label, "dir": "auto"}
    head = node("p", "label", node("span", f"swatch {kind}"), label)
    return node("div", "said", head, node("pre", attributes, said))
