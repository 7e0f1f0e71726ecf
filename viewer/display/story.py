"""What happened in a stream or an answer, in a sentence or two, and where it came from."""

import numpy as np

from viewer.display.alarms import TOKEN_LIMIT_REASONS
from viewer.display.headline import rate_metric, tool_names
from viewer.protocols.provider import host_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.streams.timing.silences import Silences
from viewer.text.words import counted, listed, number, quantity, repeated, seconds
from viewer.types.chunk_table import AUDIO, CONTENT, KINDS, REASONING, REFUSAL, TOOL_CALL, is_kind
from viewer.types.measure import Measure
from viewer.types.replies import ToolCall
from viewer.types.usage import Usage


def source_line(cassette: Cassette, index: int, stream: Stream | None) -> str:
    """Return host, protocol, recorder, status and finish reason of an interaction on one line."""
    interaction = cassette.interactions[index]
    answer = cassette.answers.get(index) if stream is None else None
    protocol = stream.protocol if stream else answer.protocol if answer else ""
    finish = stream.finish_reason if stream else answer.finish_reason if answer else None
    parts = (
        host_of(interaction.request.url) or (stream.provider if stream else None),
        "" if protocol == "generic" else protocol,
        cassette.recorder,
        interaction.response.status_line,
        f"finish: {finish}" if finish else "",
    )
    return " · ".join(part for part in parts if part)


def stream_story(stream: Stream) -> str:
    """Return what happened in a stream. Only what the recording supports is stated."""
    if stream.protocol == "generic":
        events = counted(stream.columns.event_count, "event")
        return f"The protocol of this stream is unknown: {events}, shown as raw events."
    parts = [part for part in (_thinking(stream), _output(stream)) if part]
    if not parts:
        parts = ["sent events, but no text" if stream.error is None else "sent no text"]
    words = ", then ".join(parts)
    return f"{words[0].upper()}{words[1:]}.{_ending(stream)}{_silences(stream.silences)}"


def answer_story(answer: Answer) -> str:
    """Return what happened in a response that was not streamed."""
    if answer.error is not None:
        return "The provider answered with an error."
    parts = ["thought"] if answer.reasoning else []
    if answer.text:
        tokens = answer.usage.output if answer.usage and not answer.reasoning and not answer.tool_calls else None
        parts.append(f"wrote {counted(tokens, 'token')}" if tokens else "wrote text")
    if answer.tool_calls:
        is_alone = not answer.text and not answer.reasoning
        parts.append(_called(answer.tool_calls, answer.usage if is_alone else None))
    limit = " It was cut off by its token limit." if (answer.finish_reason or "").lower() in TOKEN_LIMIT_REASONS else ""
    said = " and ".join(parts)
    return (
        f"Answered without streaming: {said}.{limit}"
        if said
        else f"Answered without streaming and without text.{limit}"
    )


def _ending(stream: Stream) -> str:
    if stream.error is not None:
        return " Then an error ended the stream."
    if stream.events_left_out:
        return f" Its last {number(stream.events_left_out)} events were not read."
    if not stream.complete:
        return " Then the stream breaks off."
    if (stream.finish_reason or "").lower() in TOKEN_LIMIT_REASONS:
        return " It was cut off by its token limit."
    return ""


def _silences(silences: Silences) -> str:
    if silences.burst_s is not None:
        return f" It arrived in one burst of {seconds(silences.burst_s)}, so it was buffered on its way or sent from a cache."
    if not silences.stalls:
        return ""
    longest = seconds(silences.stalls[0].length_s)
    times = silences.stall_count
    return f" It stalled once, for {longest}." if times == 1 else f" It stalled {times} times, for up to {longest}."


def _thinking(stream: Stream) -> str:
    is_shown = bool((stream.columns.kind == REASONING).any())
    if not is_shown and not stream.hidden:
        return ""
    thinking = stream.metrics["thinking_time"]
    length = f" for {_about(thinking)}" if thinking.value is not None else ""
    if not stream.hidden:
        return f"thought{length}"
    if stream.hidden.tokens == stream.hidden.reasoning_tokens:
        return f"thought{length}, {counted(stream.hidden.tokens, 'token')} hidden"
    return f"thought{length}, {_percent(stream.hidden.tokens / stream.hidden.reasoning_tokens)} hidden"


def _about(measure: Measure) -> str:
    is_exact = measure.grade == "measured"
    value = measure.value or 0.0
    return f"{'' if is_exact else 'about '}{value:.1f} s" if value < 60 else f"about {value / 60:.0f} min"


def _percent(fraction: float) -> str:
    """Write a share that is more than 0 and less than 1 as 1 to 99 %."""
    return f"{min(99, max(1, round(fraction * 100)))} %"


def _output(stream: Stream) -> str:
    """Return what was written, called and so on, in the order in which each began."""
    kinds = [KINDS[kind] for kind in dict.fromkeys(stream.columns.kind.tolist())]
    order = [kind for kind in kinds if kind in ("content", "audio", "refusal", "tool_call")]
    provided = _provided_tools(stream)
    said = {"content": _written(stream), "audio": "spoke", "refusal": "refused"}
    if stream.tool_calls:
        is_all = order == ["tool_call"] and not provided and not stream.hidden and "reasoning" not in kinds
        said["tool_call"] = _called(stream.tool_calls, stream.usage if is_all else None)
        order += ["tool_call"] * ("tool_call" not in order)
    parts = [f"used {provided}"] if provided else []
    parts += [said[kind] for kind in order if kind in said]
    return listed(parts) if parts else ""


def _written(stream: Stream) -> str:
    columns = stream.columns
    is_content = columns.kind == CONTENT
    tokens = max(1, round(float(np.nansum(columns.tokens[is_content]))))
    about = "" if _is_counted(stream) else "about "
    answers = len({*columns.choice[is_content].tolist()})
    several = f" in {answers} answers" if answers > 1 else ""
    return f"wrote {about}{counted(tokens, 'token')}{several}{_speed(stream)}"


def _provided_tools(stream: Stream) -> str:
    """Return the tools of the provider that usage counts but the stream does not show as calls."""
    shown = {call.name for call in stream.tool_calls}
    uses = stream.usage.tool_uses if stream.usage else {}
    return repeated(name for name, count in uses.items() if name not in shown for _ in range(min(count, 1000)))


def _called(calls: list[ToolCall], usage: Usage | None) -> str:
    """Return which tools were called, with the output tokens if the calls are all of the output."""
    tokens = f", {counted(usage.output, 'token')}" if usage and usage.output and not usage.reasoning else ""
    return f"called {tool_names(calls)}{tokens}"


def _speed(stream: Stream) -> str:
    """Return how fast the output arrived, if that is exact. In a sentence, a rate within bounds would read as a fact."""
    name = rate_metric(stream)
    rate = stream.metrics[name]
    is_exact = rate.grade in ("measured", "stamped") or (rate.low is not None and rate.low == rate.high)
    if rate.value is None or not is_exact:
        return ""
    includes_thinking = name == "tokens_per_second" and bool((stream.columns.kind == REASONING).any())
    return f" at {quantity(rate.value, rate.unit)}{', thinking included' if includes_thinking else ''}"


def _is_counted(stream: Stream) -> bool:
    """Tell whether the provider counted the content alone, so that its tokens are not an estimate."""
    usage = stream.usage
    if usage is None or usage.output is None or usage.output <= (usage.reasoning or 0):
        return False
    columns = stream.columns
    others = is_kind(columns.kind, (TOOL_CALL, REFUSAL, AUDIO)).any()
    return not others and len({*columns.choice[columns.kind == CONTENT].tolist()}) == 1
