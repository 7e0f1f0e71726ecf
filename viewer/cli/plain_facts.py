"""A cassette as facts, one per line and in a fixed order, which `git diff` compares instead of the file.

Everything that changes with every recording of the same conversation is left out: times, ids, headers and the path.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from viewer.display.lanes import choices_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import parse
from viewer.text.masks import MASK, is_secret, masked_url
from viewer.text.safe import visible, visible_line
from viewer.types.chunk_table import OTHER
from viewer.types.http import Request
from viewer.types.replies import StreamError, ToolCall
from viewer.types.usage import Usage

# A longer word is data, such as a picture in base64. Its digest is written instead.
_MAX_WORD_CHARACTERS = 1000
# Generated for every call, so they change with every recording.
_IDS = frozenset(["id", "call_id", "tool_call_id", "tool_use_id", "item_id", "previous_response_id"])
_TOKEN_COUNTS = ("input", "output", "reasoning", "cache_read", "cache_write", "audio_input", "audio_output", "total")
_TEXT_KINDS = ("reasoning", "content", "audio", "refusal")


def cassette_facts(cassette: Cassette) -> str:
    """Return all facts of a cassette. Values whose names say that they are secret are masked."""
    lines = [f"recorder: {cassette.format}"]
    streams = {stream.interaction: stream for stream in cassette.streams}
    for index, interaction in enumerate(cassette.interactions):
        stream = streams.get(index)
        facts = [*_request(interaction.request), f"response: {interaction.response.status_line or 'no status'}"]
        if stream is not None:
            facts += _stream(stream)
        elif answer := cassette.answers.get(index):
            facts += _answer(answer)
        else:
            facts.append(f"response.body: {_digest(interaction.response.body)}")
        lines += ["", f"interaction {index}", *facts]
    return "".join(f"{visible_line(line)}\n" for line in lines)


def unreadable_facts(reason: str, data: bytes) -> str:
    """Return the facts of a file that is not a recording: the reason, and a digest that changes with the file."""
    return f"unreadable: {visible_line(reason)}\nfile: {_digest(data)}\n"


def _request(request: Request) -> Iterator[str]:
    if request.method or request.url:
        yield f"request: {f'{request.method} {masked_url(request.url)}'.strip()}"
    if not request.body:
        return
    try:
        body = parse(request.body)
    except ValueError:
        # A form, whose fields are written like a query string, or bytes.
        text = request.body.decode(errors="replace")
        is_text = "\ufffd" not in text
        yield from _texts("request.body", masked_url(f"?{text}")[1:] if is_text else _digest(request.body))
        return
    yield from _leaves("request", body)


def _leaves(path: str, value: Any) -> Iterator[str]:
    """Yield each leaf of a JSON tree with its path, keys sorted."""
    # An explicit stack, because recorded JSON can be nested deeper than Python can recurse.
    stack = [(path, value)]
    while stack:
        place, node = stack.pop()
        if isinstance(node, dict) and node:
            keys = sorted((key for key in node if key not in _IDS), reverse=True)
            stack += [(f"{place}.{key}", _masked(key, node[key])) for key in keys]
        elif isinstance(node, list) and node:
            stack += [(f"{place}[{index}]", item) for index, item in reversed(list(enumerate(node)))]
        elif isinstance(node, str):
            yield from _texts(place, node)
        else:
            yield f"{place}: {json.dumps(node)}"


def _masked(name: str, value: Any) -> Any:
    return MASK if isinstance(value, str) and value and is_secret(name) else value


def _texts(name: str, text: str) -> Iterator[str]:
    """Yield a text line by line. A line with a word that is data becomes its digest."""
    for line in visible(text).split("\n"):
        is_long = len(line) > _MAX_WORD_CHARACTERS and max(map(len, line.split()), default=0) > _MAX_WORD_CHARACTERS
        yield f"{name}: {_digest(line.encode()) if is_long else line}"


def _stream(stream: Stream) -> Iterator[str]:
    yield f"protocol: {stream.protocol}"
    yield f"model: {stream.model or 'not known'}"
    choices = choices_of(stream)
    for choice in choices:
        prefix = f"choice {choice} " if len(choices) > 1 else ""
        for kind in _TEXT_KINDS:
            if text := stream.text(kind, choice):
                yield from _texts(f"{prefix}{kind}", text)
        yield from _calls(prefix, [call for call in stream.tool_calls if call.choice == choice])
    if stream.protocol == "generic":
        yield f"events: {stream.columns.event_count}"
        yield from _texts("event", "\n".join(stream.columns.text[stream.columns.kind == OTHER]))
    yield from _end(stream.finish_reason, stream.error, stream.usage)
    if not stream.complete and stream.error is None:
        yield "breaks off: yes"


def _answer(answer: Answer) -> Iterator[str]:
    if answer.protocol:
        yield f"protocol: {answer.protocol}"
        yield f"model: {answer.model or 'not known'}"
    for kind, text in (("reasoning", answer.reasoning), ("content", answer.text)):
        if text:
            yield from _texts(kind, text)
    yield from _calls("", answer.tool_calls)
    yield from _end(answer.finish_reason, answer.error, answer.usage)


def _calls(prefix: str, calls: list[ToolCall]) -> Iterator[str]:
    for place, call in enumerate(calls):
        yield from _texts(f"{prefix}tool call {place} {call.name or 'without a name'}", _canonical(call.arguments))


def _canonical(arguments: str) -> str:
    """Return JSON with sorted keys, no blanks and masked secrets. Return text that is not JSON unchanged."""
    try:
        value = json.loads(arguments)
        return json.dumps(_masked_tree(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return arguments


def _masked_tree(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked_tree(_masked(name, item)) for name, item in value.items()}
    return [_masked_tree(item) for item in value] if isinstance(value, list) else value


def _end(finish_reason: str | None, error: StreamError | None, usage: Usage | None) -> Iterator[str]:
    if finish_reason is not None:
        yield f"finish reason: {finish_reason}"
    if error is not None:
        yield from _texts("error", str(error))
    for name in _TOKEN_COUNTS:
        count = getattr(usage, name, None)
        if count is not None:
            yield f"usage.{name}: {count}"


def _digest(data: bytes) -> str:
    return f"<{len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}>"
