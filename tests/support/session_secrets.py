"""A session of Claude Code with a secret of its own in every place that holds text."""

import json
from typing import Any, NamedTuple

from tests.support.planting.all_kinds import KINDS
from tests.support.planting.kinds import Secret
from tests.support.planting.places import Recording

_SPLIT_AT = 17


class PlantedSession(NamedTuple):
    """A session, and the secret in each of its places by the name of the place."""

    recording: Recording
    secrets: dict[str, Secret]


class _Planter:
    """Makes secrets that differ."""

    def __init__(self, kind: str) -> None:
        self._kind = KINDS[kind]
        self.secrets: dict[str, Secret] = {}

    def __call__(self, place: str) -> str:
        self.secrets[place] = self._kind.secret(f"session/{place}")
        return self.secrets[place].text


def planted_file(kind: str = "npm") -> PlantedSession:
    """Return the file of a session, with a subagent and with lines of many types."""
    secret = _Planter(kind)
    return _session(secret, [*_turn(secret), *_subagent(secret), *_about(secret), *_end(secret)])


def planted_stream(kind: str = "npm") -> PlantedSession:
    """Return the stream of `claude -p --include-partial-messages`, in which events split each secret."""
    secret = _Planter(kind)
    name = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {}}
    argument = json.dumps({"command": f"curl -H 'x: {secret('partial tool input')}'"})
    answer = f"The key is {secret('partial text')}."
    thought = f"I have {secret('partial thinking')} here."
    lines = [
        _live("system", subtype="init", model="claude-x", cwd=f"/w/{secret('init cwd')}", tools=["Bash"]),
        _event(type="message_start", message={"id": "m1", "model": "claude-x", "content": [], "usage": _USAGE}),
        *_deltas(0, {"type": "thinking", "thinking": ""}, "thinking_delta", "thinking", thought),
        *_deltas(1, {"type": "text", "text": ""}, "text_delta", "text", answer),
        *_deltas(2, name, "input_json_delta", "partial_json", argument),
        _event(type="message_delta", delta={"stop_reason": "tool_use"}, usage={"output_tokens": 9}),
        _event(type="message_stop"),
        _live("assistant", message={"id": "m1", "model": "claude-x", "content": [{"type": "text", "text": answer}]}),
        _live("user", message={"role": "user", "content": _returned("t1", f"key={secret('live result')}")}),
        _live("assistant", message={"id": "m2", "model": "claude-x", "content": [_text(secret("live answer"))]}),
        _live("result", subtype="success", num_turns=2, result=f"Done: {secret('result')}", total_cost_usd=0.1),
    ]
    return _session(secret, lines)


_USAGE = {"input_tokens": 10, "cache_read_input_tokens": 100, "output_tokens": 5}


def _turn(secret: _Planter) -> list[dict[str, Any]]:
    image = {
        "type": "image",
        "source": {"type": "base64", "media_type": "text/plain", "data": _base64(secret("image"))},
    }
    written = {"file_path": "/w/.env", "content": f"export X={secret('written file')}\n"}
    patch = [{"oldStart": 1, "lines": [f"+TOKEN {secret('patch')}"]}]
    outcome = {"stdout": f"one\n{secret('stdout')}", "stderr": secret("stderr"), "structuredPatch": patch}
    return [
        _line("user", 1, message={"role": "user", "content": f"Use {secret('prompt')} please"}),
        _line("user", 2, message={"role": "user", "content": [_text(f"and {secret('prompt block')}"), image]}),
        _answer(3, "m1", {"type": "thinking", "thinking": f"Hm, {secret('thinking')}", "signature": "c2ln"}),
        _answer(4, "m1", _text(f"I use {secret('answer')} now")),
        _answer(5, "m1", {"type": "tool_use", "id": "t1", "name": "Write", "input": written}, stop="tool_use"),
        _line("user", 6, message={"role": "user", "content": _returned("t1", f"wrote {secret('tool result')}")})
        | {"toolUseResult": outcome},
        _answer(7, "m2", {"type": "tool_use", "id": "t2", "name": "Bash", "input": {"command": _deep(secret("deep"))}}),
    ]


def _subagent(secret: _Planter) -> list[dict[str, Any]]:
    inside = {"isSidechain": True, "agentId": "ab12"}
    prompt = f"Find {secret('subagent prompt')}"
    given = {"description": secret("description"), "prompt": prompt, "subagent_type": "Explore"}
    inner = _answer(11, "p1", _text(f"progress {secret('progress')}")) | {"agentId": "cd34"}
    return [
        _answer(8, "m3", {"type": "tool_use", "id": "t3", "name": "Task", "input": given}, stop="tool_use"),
        _line("user", 9, message={"role": "user", "content": prompt}) | inside,
        _answer(10, "s1", _text(f"Found {secret('subagent answer')}")) | inside,
        _line("progress", 11, data={"type": "agent_progress", "agentId": "cd34", "prompt": "x", "message": inner}),
        _line("user", 12, message={"role": "user", "content": _returned("t3", [_text(secret("block result"))])})
        | {"toolUseResult": {"agentId": "ab12", "content": [_text(secret("subagent outcome"))]}},
    ]


def _about(secret: _Planter) -> list[dict[str, Any]]:
    backups = {f"/w/{secret('key of a snapshot')}": {"backupFileName": "x"}}
    hook = {"type": "hook_success", "stdout": secret("attachment"), "hookName": "Stop"}
    return [
        _line("system", 20, subtype="local_command", content=f"<command-args>{secret('system line')}</command-args>"),
        _line("attachment", 21, attachment=hook),
        {"type": "summary", "summary": f"About {secret('title')}", "leafUuid": "u1"},
        {"type": "custom-title", "customTitle": secret("custom title"), "sessionId": "s1"},
        {"type": "file-history-snapshot", "messageId": "u1", "snapshot": {"trackedFileBackups": backups}},
        {"type": "queue-operation", "operation": "enqueue", "content": secret("queued prompt"), "sessionId": "s1"},
        {"type": "last-prompt", "lastPrompt": secret("last prompt"), "sessionId": "s1"},
        {"type": f"unknown-{secret('type')}", "note": secret("unknown line"), "sessionId": "s1"},
        _line("user", 22, message={"role": "user", "content": "Go on"})
        | {"cwd": f"/w/{secret('cwd')}", "gitBranch": f"fix-{secret('branch')}", "slug": secret("slug")},
    ]


def _end(secret: _Planter) -> list[dict[str, Any]]:
    failed = _answer(24, "e1", _text(f"API Error: {secret('api error')}")) | {"isApiErrorMessage": True}
    failed["message"]["model"] = "<synthetic>"
    return [
        _answer(23, "m4", _text("Done."), stop="end_turn"),
        _line("user", 23.5, message={"role": "user", "content": "More"}),
        failed,
        _line("system", 25, subtype="turn_duration", durationMs=9000, note=secret("end of turn")),
    ]


def _session(secret: _Planter, lines: list[dict[str, Any]]) -> PlantedSession:
    data = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines).encode()
    return PlantedSession(Recording(data, "session.jsonl", "claude-code"), secret.secrets)


def _line(kind: str, second: float, **fields: Any) -> dict[str, Any]:
    stamp = f"2026-02-03T04:05:{second:06.3f}Z"
    about = {"type": kind, "sessionId": "s1", "version": "2.1.0", "uuid": f"u{second}", "timestamp": stamp}
    return {**about, "isSidechain": False, "cwd": "/w", "gitBranch": "main", **fields}


def _answer(second: float, message_id: str, *blocks: dict[str, Any], stop: str | None = None) -> dict[str, Any]:
    message = {"id": message_id, "role": "assistant", "model": "claude-x", "content": [*blocks], "stop_reason": stop}
    return _line("assistant", second, message={**message, "usage": _USAGE})


def _live(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "session_id": "s1",
        "uuid": f"u{kind}{len(str(fields))}",
        "parent_tool_use_id": None,
        **fields,
    }


def _event(**event: Any) -> dict[str, Any]:
    return _live("stream_event", event=event)


def _deltas(index: int, block: dict[str, Any], kind: str, name: str, text: str) -> list[dict[str, Any]]:
    """Return the events of a block, which split its text every few characters."""
    pieces = [text[place : place + _SPLIT_AT] for place in range(0, len(text), _SPLIT_AT)]
    deltas = [_event(type="content_block_delta", index=index, delta={"type": kind, name: one}) for one in pieces]
    started = _event(type="content_block_start", index=index, content_block=block)
    return [started, *deltas, _event(type="content_block_stop", index=index)]


def _text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def _returned(call_id: str, content: Any) -> list[dict[str, Any]]:
    return [{"type": "tool_result", "tool_use_id": call_id, "content": content}]


def _base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(f"header {text} end".encode()).decode()


def _deep(text: str) -> str:
    """Return a text as JSON within a command within JSON."""
    return json.dumps({"a": json.dumps({"b": text})})
