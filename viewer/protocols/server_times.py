"""How long providers say that they took, in fields of their own events."""

from collections.abc import Mapping
from typing import Any

from viewer.text.json import mapping, number
from viewer.types.replies import ServerTimes
from viewer.types.usage import count

# A week. A longer duration is not plausible for one response.
_MAX_S = 7 * 86_400.0
_MILLISECOND, _NANOSECOND = 1e-3, 1e-9

FIELDS = frozenset({"timings", "time_info", "latency_checkpoint"})
"""The fields of a chat chunk that `of_chunk` reads."""


def of_chunk(chunk: Mapping[str, Any]) -> ServerTimes | None:
    """Read the durations of llama.cpp (`timings`), Cerebras (`time_info`) or Azure (`latency_checkpoint`)."""
    if fields := mapping(chunk.get("timings")):
        # Prompt and predicted tokens, in milliseconds: https://github.com/ggml-org/llama.cpp/tree/master/tools/server.
        first, generation = _seconds(fields, _MILLISECOND, "prompt_ms"), _seconds(fields, _MILLISECOND, "predicted_ms")
        return ServerTimes("timings", first, generation)
    if fields := mapping(chunk.get("time_info")):
        return of_usage(fields, "time_info")
    if fields := mapping(chunk.get("latency_checkpoint")):
        first, last = (_seconds(fields, _MILLISECOND, f"service_{name}_ms") for name in ("ttft", "ttlt"))
        return ServerTimes("latency_checkpoint", first, whole_s=last)
    return None


def of_usage(usage: Mapping[str, Any], source: str = "usage") -> ServerTimes | None:
    """Read the durations of Groq, in seconds, which are part of its usage object. The queue comes before the prompt."""
    prompt, generation = _seconds(usage, 1.0, "prompt_time"), _seconds(usage, 1.0, "completion_time")
    queue = _seconds(usage, 1.0, "queue_time") or 0.0
    if prompt is None and generation is None:
        return None
    return ServerTimes(source, None if prompt is None else queue + prompt, generation)


def of_ollama(line: Mapping[str, Any]) -> ServerTimes | None:
    """Read the durations in Ollama's last line, in nanoseconds: https://docs.ollama.com/api/usage."""
    load, prompt = (_seconds(line, _NANOSECOND, f"{name}_duration") for name in ("load", "prompt_eval"))
    generation, whole = (_seconds(line, _NANOSECOND, f"{name}_duration") for name in ("eval", "total"))
    if generation is None and whole is None:
        return None
    first = None if prompt is None else (load or 0.0) + prompt
    return ServerTimes("eval_duration" if generation is not None else "total_duration", first, generation, whole)


def of_bedrock(metrics: Mapping[str, Any]) -> ServerTimes | None:
    """Read the durations of Bedrock, in milliseconds: the metrics of Converse or of an invocation."""
    whole, first = (
        _seconds(metrics, _MILLISECOND, "latencyMs", "invocationLatency"),
        _seconds(metrics, _MILLISECOND, "firstByteLatency", "timeToFirstByteMs"),
    )
    return None if whole is None else ServerTimes("latency", first, whole_s=whole)


def of_response(response: Mapping[str, Any]) -> ServerTimes | None:
    """Read when an OpenAI response was created and, if it is, completed, in whole epoch seconds."""
    created, completed = (count(response, name) for name in ("created_at", "completed_at"))
    if not created or not completed:
        return of_creation(response)
    return ServerTimes("completed_at", created_s=created, completed_s=completed)


def of_creation(value: Mapping[str, Any]) -> ServerTimes | None:
    """Read only when an object was created, in whole epoch seconds. A run waits for tools, so its end says little."""
    created = count(value, "created_at")
    return ServerTimes("created_at", created_s=created) if created else None


def _seconds(fields: Mapping[str, Any], unit_s: float, *names: str) -> float | None:
    """Return the first of some fields that holds a plausible duration, in seconds."""
    for name in names:
        value = number(fields.get(name), 0.0, _MAX_S / unit_s)
        if value is not None:
            return value * unit_s
    return None
