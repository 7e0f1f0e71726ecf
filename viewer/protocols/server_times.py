"""What providers write into their own events of how long they took, by the field it stands in."""

from collections.abc import Mapping
from typing import Any

from viewer.text.json import mapping, number
from viewer.types.replies import ServerTimes
from viewer.types.usage import count

_LONGEST_S = 7 * 86_400.0
_MILLISECOND, _NANOSECOND = 1e-3, 1e-9

FIELDS = frozenset({"timings", "time_info", "latency_checkpoint"})
"""Top-level fields of a chat chunk that hold such figures."""


def of_chunk(chunk: Mapping[str, Any]) -> ServerTimes | None:
    """Return the figures of llama.cpp (`timings`), Cerebras (`time_info`) or Azure (`latency_checkpoint`)."""
    if held := mapping(chunk.get("timings")):
        # https://github.com/ggml-org/llama.cpp/tree/master/tools/server: prompt and predicted, in milliseconds.
        first, generation = _seconds(held, _MILLISECOND, "prompt_ms"), _seconds(held, _MILLISECOND, "predicted_ms")
        return ServerTimes("timings", first, generation)
    if held := mapping(chunk.get("time_info")):
        return of_usage(held, "time_info")
    if held := mapping(chunk.get("latency_checkpoint")):
        first, last = (_seconds(held, _MILLISECOND, f"service_{name}_ms") for name in ("ttft", "ttlt"))
        return ServerTimes("latency_checkpoint", first, whole_s=last)
    return None


def of_usage(usage: Mapping[str, Any], source: str = "usage") -> ServerTimes | None:
    """Return the figures of Groq, which stand among its counts, in seconds: total = prompt + completion, after the queue."""
    prompt, generation = _seconds(usage, 1.0, "prompt_time"), _seconds(usage, 1.0, "completion_time")
    queue = _seconds(usage, 1.0, "queue_time") or 0.0
    if prompt is None and generation is None:
        return None
    return ServerTimes(source, None if prompt is None else queue + prompt, generation)


def of_ollama(line: Mapping[str, Any]) -> ServerTimes | None:
    """Return the figures of Ollama's last line, in nanoseconds: https://docs.ollama.com/api/usage."""
    load, prompt = (_seconds(line, _NANOSECOND, f"{name}_duration") for name in ("load", "prompt_eval"))
    generation, whole = (_seconds(line, _NANOSECOND, f"{name}_duration") for name in ("eval", "total"))
    if generation is None and whole is None:
        return None
    first = None if prompt is None else (load or 0.0) + prompt
    return ServerTimes("eval_duration" if generation is not None else "total_duration", first, generation, whole)


def of_bedrock(metrics: Mapping[str, Any]) -> ServerTimes | None:
    """Return the figures of Bedrock, in milliseconds: Converse's metrics, or the metrics of an invocation."""
    whole, first = (
        _seconds(metrics, _MILLISECOND, "latencyMs", "invocationLatency"),
        _seconds(metrics, _MILLISECOND, "firstByteLatency", "timeToFirstByteMs"),
    )
    return None if whole is None else ServerTimes("latency", first, whole_s=whole)


def of_response(response: Mapping[str, Any]) -> ServerTimes | None:
    """Return when an OpenAI response was created and completed, in whole seconds."""
    created, completed = (count(response, name) for name in ("created_at", "completed_at"))
    if not created or not completed:
        return None
    return ServerTimes("completed_at", created_s=created, completed_s=completed)


def _seconds(held: Mapping[str, Any], unit_s: float, *names: str) -> float | None:
    """Return the first of some figures that is a time, in seconds."""
    for name in names:
        value = number(held.get(name), 0.0, _LONGEST_S / unit_s)
        if value is not None:
            return value * unit_s
    return None
