"""Session files of Claude Code for benchmarks: made up, with sizes and proportions as a day of work has them."""

import json
import random
from collections.abc import Iterator
from typing import Any

_WORDS = [
    "the",
    "rain",
    "gauge",
    "of",
    "station",
    "reads",
    "dry",
    "again",
    "so",
    "test",
    "expects",
    "wet",
    "and",
    "fails",
    "in",
    "line",
    "with",
    "None",
    "returned",
    "from",
    "cache",
]
_MODEL = "claude-sonnet-4-5-20250929"


def claude_session(size_bytes: int, result_bytes: tuple[int, int] = (500, 11_000)) -> bytes:
    """Return a session of about a size, with two results of tools in three calls, each of a size between two.

    Claude Code writes each result twice: as the model gets it, and as its own tool returned it.
    """
    return b"".join(_lines(size_bytes, result_bytes))


def _lines(size_bytes: int, result_bytes: tuple[int, int]) -> Iterator[bytes]:
    choose = random.Random(size_bytes)  # noqa: S311 - not for secrets
    written = call = 0
    while written < size_bytes:
        for line in _call(choose, call, result_bytes):
            data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            written += len(data)
            yield data
        call += 1


def _call(choose: random.Random, number: int, result_bytes: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """Yield the lines of one call of the model: now and then a prompt, the blocks of the answer, and the result of a tool."""
    second = number * 20
    if number % 12 == 0:
        yield _line("user", second, message={"role": "user", "content": _text(choose, 300)})
    ends_turn = number % 12 == 11
    blocks: list[dict[str, Any]] = [{"type": "text", "text": _text(choose, 200)}]
    if number % 3 == 0:
        blocks.insert(0, {"type": "thinking", "thinking": _text(choose, 900), "signature": "c2ln" * 100})
    if not ends_turn:
        given = {"command": _text(choose, 120), "description": _text(choose, 40)}
        blocks.append({"type": "tool_use", "id": f"toolu_{number}", "name": "Bash", "input": given})
    usage = {"input_tokens": 5, "cache_creation_input_tokens": 900, "cache_read_input_tokens": 40_000 + number}
    for place, block in enumerate(blocks):
        is_last = place == len(blocks) - 1
        stop = ("end_turn" if ends_turn else "tool_use") if is_last else None
        counted = {**usage, "output_tokens": 350 if is_last else 2}
        message = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": _MODEL, "content": [block]}
        yield _line(
            "assistant", second + 4 + place, message={**message, "stop_reason": stop, "usage": counted}, requestId="req"
        )
    if not ends_turn:
        output = _text(choose, choose.randint(*result_bytes))
        result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": output, "is_error": False}
        outcome = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
        yield _line("user", second + 12, message={"role": "user", "content": [result]}, toolUseResult=outcome)


def _line(kind: str, second: float, **fields: Any) -> dict[str, Any]:
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    stamp = f"2026-02-{1 + days % 28:02}T{hours:02}:{minutes:02}:{seconds:06.3f}Z"
    session = {"sessionId": "5b1d0f6e-3c4b-4a57-9f2e-1c2d3e4f5a6b", "version": "2.1.20", "cwd": "/home/rain/gauge"}
    about = {"parentUuid": "00000000-0000-4000-8000-000000000000", "isSidechain": False, "userType": "external"}
    identity = f"{second:08.3f}-{kind}"
    return {**about, **session, "gitBranch": "main", "type": kind, **fields, "uuid": identity, "timestamp": stamp}


def _text(choose: random.Random, size_bytes: int) -> str:
    """Return words in lines, as in the output of a program."""
    line = " ".join(choose.choices(_WORDS, k=14))
    lines = [f"src/gauge/{choose.randrange(900)}.py:{number}: {line}" for number in range(1 + size_bytes // len(line))]
    return "\n".join(lines)[:size_bytes]
