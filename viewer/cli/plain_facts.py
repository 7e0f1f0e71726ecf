"""A cassette as facts, one a line, in an order that does not change: what `git diff` compares in place of the file.

What differs between two recordings of the same talk is left out: times, ids, headers, and where the file lies.
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
from viewer.types.http import Request
from viewer.types.replies import StreamError, ToolCall
from viewer.types.usage import Usage

# A picture in base64, for which its digest stands.
_LONGEST_WORD = 1000
# Made anew for every call, so that they differ in every recording.
_IDS = frozenset(["id", "call_id", "tool_call_id", "tool_use_id", "item_id", "previous_response_id"])
_COUNTS = ("input", "output", "reasoning", "cache_read", "cache_write", "audio_input", "audio_output", "total")
_SPOKEN = ("reasoning", "content", "audio", "refusal")


def facts(cassette: Cassette) -> str:
    """Return all facts of a cassette; secrets are masked by the names of what holds them."""
    lines = [f"recorder: {cassette.format}"]
    streams = {stream.interaction: stream for stream in cassette.streams}
    for index, interaction in enumerate(cassette.interactions):
        stream = streams.get(index)
        told = [*_request(interaction.request), f"response: {interaction.response.status_line or 'no status'}"]
        if stream is not None:
            told += _stream(stream)
        elif answer := cassette.answers.get(index):
            told += _answer(answer)
        else:
            told.append(f"response.body: {_digest(interaction.response.body)}")
        lines += ["", f"interaction {index}", *told]
    return "".join(f"{visible_line(line)}\n" for line in lines)


def unreadable_facts(reason: str, data: bytes) -> str:
    """Return the facts of a file that is no recording: why, and what changes when it does."""
    return f"unreadable: {visible_line(reason)}\nfile: {_digest(data)}\n"


def _request(request: Request) -> Iterator[str]:
    if request.method or request.url:
        yield f"request: {f'{request.method} {masked_url(request.url)}'.strip()}"
    if not request.body:
        return
    try:
        body = parse(request.body)
    except ValueError:
        # A form, which has the names that a query has, or bytes.
        text = request.body.decode(errors="replace")
        is_text = "\ufffd" not in text
        yield from _texts("request.body", masked_url(f"?{text}")[1:] if is_text else _digest(request.body))
        return
    yield from _leaves("request", body)


def _leaves(path: str, value: Any) -> Iterator[str]:
    """Yield each value of a JSON tree with its path, keys in order."""
    # A stack of its own: recorded JSON may be nested deeper than Python calls.
    left = [(path, value)]
    while left:
        place, found = left.pop()
        if isinstance(found, dict) and found:
            keys = sorted((key for key in found if key not in _IDS), reverse=True)
            left += [(f"{place}.{key}", _masked(key, found[key])) for key in keys]
        elif isinstance(found, list) and found:
            left += [(f"{place}[{index}]", item) for index, item in reversed(list(enumerate(found)))]
        elif isinstance(found, str):
            yield from _texts(place, found)
        else:
            yield f"{place}: {json.dumps(found)}"


def _masked(name: str, value: Any) -> Any:
    return MASK if isinstance(value, str) and value and is_secret(name) else value


def _texts(name: str, text: str) -> Iterator[str]:
    """Yield a text line by line; of a word that nobody reads its digest."""
    for line in visible(text).split("\n"):
        is_long = len(line) > _LONGEST_WORD and max(map(len, line.split()), default=0) > _LONGEST_WORD
        yield f"{name}: {_digest(line.encode()) if is_long else line}"


def _stream(stream: Stream) -> Iterator[str]:
    yield f"protocol: {stream.protocol}"
    yield f"model: {stream.model or 'not known'}"
    choices = choices_of(stream)
    for choice in choices:
        of = f"choice {choice} " if len(choices) > 1 else ""
        for kind in _SPOKEN:
            if text := stream.text(kind, choice):
                yield from _texts(f"{of}{kind}", text)
        yield from _calls(of, [call for call in stream.tool_calls if call.choice == choice])
    if stream.protocol == "generic":
        yield f"events: {stream.chunks['event'].nunique()}"
        yield from _texts("event", "\n".join(stream.chunks.loc[stream.chunks["kind"] == "other", "text"]))
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


def _calls(of: str, calls: list[ToolCall]) -> Iterator[str]:
    for place, call in enumerate(calls):
        yield from _texts(f"{of}tool call {place} {call.name or 'without a name'}", _canonical(call.arguments))


def _canonical(arguments: str) -> str:
    """Return JSON with its keys in order and no blanks, secrets masked; what is none as it is."""
    try:
        held = json.loads(arguments)
        return json.dumps(_masked_tree(held), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return arguments


def _masked_tree(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked_tree(_masked(name, held)) for name, held in value.items()}
    return [_masked_tree(held) for held in value] if isinstance(value, list) else value


def _end(finish_reason: str | None, error: StreamError | None, usage: Usage | None) -> Iterator[str]:
    if finish_reason is not None:
        yield f"finish reason: {finish_reason}"
    if error is not None:
        yield from _texts("error", str(error))
    for name in _COUNTS:
        count = getattr(usage, name, None)
        if count is not None:
            yield f"usage.{name}: {count}"


def _digest(data: bytes) -> str:
    return f"<{len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}>"
