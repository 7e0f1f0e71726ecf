"""What a call of a model was about and what it did, in a few words."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import numpy as np

from viewer.conversation.conversation import Conversation
from viewer.conversation.parts import Part
from viewer.conversation.tool_results import is_model
from viewer.streams.answer import Answer
from viewer.streams.stream import Stream
from viewer.text.safe import shortened
from viewer.types.chunk_table import AUDIO, CONTENT, OTHER, REASONING, REFUSAL
from viewer.types.http import Request

# As many as fit beside a bar of the waterfall.
_MAX_CHARACTERS = 80
# Enough rows of a stream for that many characters. A stream can have a hundred thousand.
_OPENING_ROWS = 200


class Deed(NamedTuple):
    """What a call did, in a few words."""

    kind: Literal["error", "tools", "answer", "nothing"]
    words: str
    """The error, the tools that were called, or the first words of the answer; "" for nothing."""


def deed_of(reply: Stream | Answer | None, error: str) -> Deed:
    """Return what a call did. `error` is "" if it succeeded."""
    if error:
        return Deed("error", _one_line(error))
    if reply and reply.tool_calls:
        return Deed("tools", _counted([call.name or "a tool" for call in reply.tool_calls]))
    words = _one_line(_opening(reply))
    return Deed("answer", words) if words else Deed("nothing", "")


def label_of(conversation: Conversation, request: Request, called: Mapping[str, str]) -> str:
    """Return what a request brings: results of tools, else the first line of its last text, else its method and path.

    `called` has the names of the tools that other requests called, by the ids of the calls.
    """
    names = [part.name or called.get(part.id) or "a tool" for part in trailing_results(conversation)]
    if names:
        return f"result of {_counted(names)}"
    return _one_line(_last_line(conversation)) or _method_and_path(request)


def trailing_results(conversation: Conversation) -> list[Part]:
    """Return the tool results at the end of a request."""
    results: list[Part] = []
    for message in reversed(conversation.messages):
        own = [part for part in message.parts if part.kind == "tool_result"]
        if not own or is_model(message.role):
            break
        results = own + results
    return results


def _opening(reply: Stream | Answer | None) -> str:
    """Return the beginning of the text of a reply, else of its reasoning."""
    if reply is None or isinstance(reply, Answer):
        return (reply.text or reply.reasoning) if reply else ""
    for kind in (CONTENT, AUDIO, REFUSAL, OTHER, REASONING):
        rows = np.flatnonzero(reply.columns.kind == kind)[:_OPENING_ROWS]
        if text := "".join(reply.columns.text[rows].tolist()):
            return text
    return ""


def _last_line(conversation: Conversation) -> str:
    """Return the first line of the last text of a request; "" if it has no text."""
    for message in reversed(conversation.messages):
        for part in reversed(message.parts):
            if part.kind == "text" and part.text.strip():
                return part.text.strip().splitlines()[0]
    return ""


def _method_and_path(request: Request) -> str:
    try:
        path = urlsplit(request.url).path
    except ValueError:
        path = ""
    return f"{request.method} {path}".strip()


def _one_line(text: str) -> str:
    return shortened(" ".join(text[: 4 * _MAX_CHARACTERS].split()), _MAX_CHARACTERS)


def _counted(names: Sequence[str]) -> str:
    return ", ".join(f"{name} ×{names.count(name)}" if names.count(name) > 1 else name for name in dict.fromkeys(names))
