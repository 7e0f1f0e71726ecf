"""Places in a response: headers, answers, errors, and the events of a stream."""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise

from tests.support.planting.dialects import DIALECTS, Reply, anthropic, ollama, openai_chat
from tests.support.planting.places import Place, Planting, Recording, answer
from tests.support.planting.recorders import Exchange
from tests.support.planting.writings import TELLING, header_name

_Split = Callable[[Planting], Sequence[str]]


def _reply(make: Callable[[Planting], Reply], status: int = 200) -> Callable[[Planting], Recording]:
    return lambda one: one.written(Exchange(reply=make(one), status=status))


def _answered(name: str, value: Callable[[Planting], str]) -> Callable[[Planting], Recording]:
    return lambda one: one.written(Exchange(answered={name: value(one)}))


def _streamed(split: _Split, kind: str = "content") -> Callable[[Planting], Recording]:
    """Return a place in a stream of a dialect that the dice choose."""

    def build(one: Planting) -> Recording:
        dialect = one.dice.choice([*DIALECTS])
        return one.written(Exchange(reply=DIALECTS[dialect](list(split(one)), kind)), note=f"{dialect},")

    return build


def _in_two(text: str, place: int) -> list[str]:
    return [f"so {text[:place]}", f"{text[place:]} and "]


def _in_two_everywhere(one: Planting) -> list[str]:
    places = range(1, len(one.text), max(1, len(one.text) // 40))
    return [piece for place in places for piece in _in_two(one.text, place)]


def _arguments(one: Planting) -> str:
    return json.dumps({"region": "eu", one.kind.told_by: one.text, "n": 1})


def _cut(text: str, *places: int) -> list[str]:
    edges = [0, *places, len(text)]
    return [text[begin:end] for begin, end in pairwise(edges)]


def _key_and_value_cut(one: Planting) -> list[str]:
    text = _arguments(one)
    key = text.index(one.kind.told_by)
    value = text.index(": ", key) + 3
    return _cut(text, key + 3, value + max(1, len(one.text) // 3), value + max(2, len(one.text) * 2 // 3))


def _shell_command(one: Planting) -> list[str]:
    text = json.dumps({"command": TELLING["curl-header"](one.kind, one.text)})
    return _cut(text, len(text) // 3, len(text) // 2, len(text) * 3 // 4)


def _nested_arguments(one: Planting) -> list[str]:
    text = json.dumps({"config": {"auth": {one.kind.told_by: {"value": one.text}}}})
    return ["", *_cut(text, len(text) // 2)]


def _error(one: Planting) -> Reply:
    error = {
        "message": f"Incorrect API key provided: {one.text}. You can find your key in your account.",
        "type": "invalid_request_error",
        "code": "invalid_api_key",
    }
    return Reply("application/json", json.dumps({"error": error}).encode())


def _error_event(one: Planting) -> Reply:
    failed = {"type": "error", "error": {"type": "api_error", "message": f"cannot use {one.text} here"}}
    reply = anthropic(["Hello"])
    return reply._replace(body=reply.body + f"event: error\ndata: {json.dumps(failed)}\n\n".encode())


def _with_line(line: Callable[[str], str]) -> Callable[[Planting], Reply]:
    """Return a stream with a further line in its first event."""

    def make(one: Planting) -> Reply:
        reply = openai_chat(["Hello ", "there."])
        return reply._replace(body=line(one.text).encode() + b"\n" + reply.body)

    return make


_CONTENT = {
    "stream-one-chunk": lambda one: [f"so {one.text} and"],
    "stream-in-two-everywhere": _in_two_everywhere,
    "stream-by-character": lambda one: [*f"so {one.text} and"],
    "stream-in-threes": lambda one: [
        f"so {one.text} and"[place : place + 3] for place in range(0, len(one.text) + 7, 3)
    ],
}
_TOOL = {
    "tool-arguments-by-key": lambda one: _cut(_arguments(one), 4, len(_arguments(one)) // 2),
    "tool-arguments-by-character": lambda one: [*_arguments(one)],
    "tool-arguments-after-empty-piece": lambda one: ["", _arguments(one)],
    "tool-arguments-key-and-value-cut": _key_and_value_cut,
    "tool-arguments-shell-command": _shell_command,
    "tool-arguments-nested": _nested_arguments,
    "tool-arguments-cut-off": lambda one: _cut(_arguments(one)[:-9], len(_arguments(one)) // 2),
}

RESPONSE_PLACES: dict[str, Place] = {
    "set-cookie": Place(_answered("Set-Cookie", lambda one: f"sid={one.text}; Path=/; HttpOnly"), tells=True, one_line=True),
    "response-header-by-name": Place(
        lambda one: one.written(Exchange(answered={header_name(one.kind.told_by): one.text})), tells=True, one_line=True
    ),
    "response-header-odd": Place(_answered("X-Debug-7", lambda one: f"used {one.text}"), tells=False, one_line=True),
    "answer-content": Place(_reply(lambda one: answer(f"It is {one.text} I think.")), tells=False),
    "answer-key": Place(_reply(lambda one: Reply("application/json", json.dumps({"id": "a", one.kind.told_by: one.text}).encode())), tells=True),
    "answer-tool-arguments": Place(
        _reply(lambda one: answer("", tool_calls=[{"id": "c", "function": {"name": "run", "arguments": _arguments(one)}}])), tells=True
    ),
    "answer-html": Place(_reply(lambda one: Reply("text/html", f"<html><body><pre>{one.text}</pre></body></html>".encode())), tells=False),
    "error-message": Place(_reply(_error, 401), tells=False),
    "error-event": Place(_reply(_error_event), tells=False),
    "model-name": Place(_reply(lambda one: openai_chat(["Hello"], model=one.text)), tells=False),
    "system-fingerprint": Place(_reply(lambda one: openai_chat(["Hello"], system_fingerprint=f"fp_{one.text}")), tells=False),
    "chunk-id": Place(_reply(lambda one: openai_chat(["Hello"], id=one.text)), tells=False),
    "usage-metadata": Place(_reply(lambda one: openai_chat(["Hello"], usage={"prompt_tokens": 1, "note": one.text})), tells=False),
    "event-key": Place(_reply(lambda one: openai_chat(["Hello"], metadata={one.kind.told_by: one.text})), tells=True),
    "event-id": Place(_reply(_with_line(lambda text: f"id: {text}")), tells=False, one_line=True),
    "event-comment": Place(_reply(_with_line(lambda text: f": keep-alive {text}")), tells=False, one_line=True),
    "event-name": Place(_reply(_with_line(lambda text: f"event: {text}")), tells=False, one_line=True),
    "two-content-blocks": Place(_reply(lambda one: anthropic(_in_two(one.text, len(one.text) // 2), blocks=2)), tells=False),
    "ollama-lines": Place(_reply(lambda one: ollama(_in_two(one.text, len(one.text) // 3))), tells=False),
    **{name: Place(_streamed(split), tells=False) for name, split in _CONTENT.items()},
    **{name.replace("stream", "reasoning"): Place(_streamed(split, "reasoning"), tells=False) for name, split in _CONTENT.items()},
    **{name: Place(_streamed(split, "tool"), tells=True, one_line="shell" in name) for name, split in _TOOL.items()},
    "stream-env-line-by-character": Place(_streamed(lambda one: [*TELLING["env-line"](one.kind, one.text)]), tells=True),
}  # fmt: skip
