"""What Codex says of the run of a tool: whether it failed, and how long it ran."""

import re
from collections.abc import Mapping
from typing import Any

from viewer.cassettes.sessions.lines import ToolReturn
from viewer.text.json import as_text, is_whole_number, items, mapping, number, only_text, parse
from viewer.text.times import seconds_from_ms

_MAX_RUN_S = 1e9
# The head of a result in versions since October 2025. Before, results were JSON with `metadata`.
_HEAD_CHARACTERS = 400
_HEADS = ("Exit code: ", "Chunk ID: ", "Wall time: ")
_EXIT_CODE = re.compile(r"^(?:Exit code: |Process exited with code )(-?\d{1,10})\s*$", re.MULTILINE)
_WALL_TIME = re.compile(r"^Wall time: (\d{1,9}(?:\.\d{1,9})?) seconds", re.MULTILINE)


def returned_by_item(item: Mapping[str, Any]) -> ToolReturn:
    """Read an item with the result of a tool."""
    output = item.get("output")
    wrapper = mapping(output)
    text = _text_of(wrapper.get("content") if wrapper else output)
    failed = wrapper.get("success") is False
    call_id = as_text(item.get("call_id") or "")
    if text.startswith("{") and '"metadata"' in text:
        try:
            facts = mapping(mapping(parse(text.encode("utf-8", "surrogatepass"))).get("metadata"))
        except ValueError:
            facts = {}
        ran_s = number(facts.get("duration_seconds"), 0, _MAX_RUN_S)
        return ToolReturn(call_id, failed or _is_failure(facts.get("exit_code")), ran_s)
    head = text[:_HEAD_CHARACTERS].partition("\nOutput:")[0] if text.startswith(_HEADS) else ""
    code, wall = _EXIT_CODE.search(head), _WALL_TIME.search(head)
    return ToolReturn(call_id, failed or bool(code and int(code[1])), float(wall[1]) if wall else None)


def returned_by_event(event: Mapping[str, Any]) -> ToolReturn:
    """Read an event, or an item of a turn, that reports the end of a tool's run."""
    outcome = mapping(event.get("result"))
    failed = (
        _is_failure(event.get("exit_code", event.get("exitCode")))
        or event.get("success") is False
        or event.get("status") in ("failed", "declined")
        or "Err" in outcome
        or mapping(outcome.get("Ok")).get("is_error", mapping(outcome.get("Ok")).get("isError")) is True
        or bool(event.get("error"))
    )
    ran_s = seconds_from_ms(event["durationMs"]) if "durationMs" in event else _seconds(event.get("duration"))
    return ToolReturn(as_text(event.get("call_id") or event.get("id") or ""), failed, ran_s)


def _is_failure(exit_code: Any) -> bool:
    return is_whole_number(exit_code) and exit_code != 0


def _seconds(duration: Any) -> float | None:
    """Return the seconds of a Rust `Duration`, as JSON writes it."""
    parts = mapping(duration)
    whole, rest = number(parts.get("secs"), 0, _MAX_RUN_S), number(parts.get("nanos"), 0, 1e9)
    return None if whole is None or rest is None else whole + rest / 1e9


def _text_of(output: Any) -> str:
    """Return the first text of a result, which has what the program says of the run."""
    if isinstance(output, str):
        return output
    return next((text for part in items(output) if (text := only_text(mapping(part).get("text")))), "")
