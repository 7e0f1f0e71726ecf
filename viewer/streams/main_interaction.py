"""Which interaction of a cassette to show first."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from viewer.streams.answer import Answer
from viewer.streams.stream import Stream
from viewer.types.chunk_table import AUDIO, CONTENT, REFUSAL
from viewer.types.http import Interaction

# A title or a short summary of a conversation. Answers that are longer are worth showing, whatever was asked.
_MAX_TITLE_CHARACTERS = 200
# What the title makers of chat programs and coding agents are told. Agents themselves are given tools; title makers are not.
_ASKS_FOR_TITLE = re.compile(
    rb"\b(?:title (?:generator|maker)|(?:generat|creat|writ|provid|extract|suggest|mak|giv)\w*\b[^.\n\\]{0,80}\btitle\b"
    rb"|title (?:of|for|in|with)\b|summari[sz]e (?:this|the)\b[^.\n\\]{0,40}\b(?:conversation|chat|thread|session|message))",
    re.IGNORECASE,
)
# What coding agents tell the model that shortens their own conversation. Its summary can be long.
_ASKS_FOR_SUMMARY = re.compile(rb"(?:context|conversation) summari[sz]ation|summari[sz]ation assistant", re.IGNORECASE)
_HAS_TOOLS = re.compile(rb'"(?:tools|functions|toolConfig)"\s*:\s*(?:\[\s*)?\{')
# Messages of the Model Context Protocol carry the results of tools, not the words of a model.
_NOT_MODELS = frozenset({"generic", "mcp-jsonrpc", ""})

_Rank = tuple[bool, ...]


def main_interaction(
    interactions: Sequence[Interaction], streams: Sequence[Stream], answers: Mapping[int, Answer]
) -> int:
    """Return the interaction to show first: the one with the longest text that a model answered with.

    The last answer of an agent is often a single word, so the longest one says more. Streams of a model come first, then its answers
    that were not streamed, then other streams, then errors. Among each of these, calls for a title or a summary of the conversation come last.
    Of equals, the first one is returned.
    """
    replies: list[tuple[int, Stream | Answer]] = [(stream.interaction, stream) for stream in streams]
    replies += answers.items()
    if not replies:
        return 0
    return max(replies, key=lambda one: (_rank(one[1], interactions[one[0]]), _length(one[1]), -one[0]))[0]


def _rank(reply: Stream | Answer, interaction: Interaction) -> _Rank:
    is_stream = isinstance(reply, Stream)
    is_answer = reply.protocol not in _NOT_MODELS and reply.error is None
    return (
        is_answer and is_stream,
        is_answer,
        reply.error is None,
        is_stream,
        not _is_housekeeping(reply, interaction),
    )


def _length(reply: Stream | Answer) -> tuple[int, int]:
    """Return the characters of the text, and those of the tool calls' arguments for replies without text."""
    return _text_characters(reply), sum(len(call.arguments) for call in reply.tool_calls)


def _text_characters(reply: Stream | Answer) -> int:
    if isinstance(reply, Answer):
        return len(reply.text)
    shown = np.isin(reply.columns.kind, (CONTENT, AUDIO, REFUSAL))
    return sum(map(len, reply.columns.text[shown]))


def _is_housekeeping(reply: Stream | Answer, interaction: Interaction) -> bool:
    """Tell whether a call makes a title or a summary of the conversation, which programs ask for without the user."""
    body = interaction.request.body
    if reply.tool_calls or _HAS_TOOLS.search(body):
        return False
    is_short = _text_characters(reply) <= _MAX_TITLE_CHARACTERS
    return bool(_ASKS_FOR_SUMMARY.search(body) or (is_short and _ASKS_FOR_TITLE.search(body)))
