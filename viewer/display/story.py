"""What happened in a stream or an answer, in a sentence or two, and where it came from."""

from collections import Counter
from collections.abc import Sequence

from viewer.display.headline import rate_metric
from viewer.protocols.provider import host_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.streams.timing.silences import Silences
from viewer.text.words import counted, number, quantity, seconds
from viewer.types.measure import Measure
from viewer.types.replies import ToolCall


def source_line(cassette: Cassette, index: int, stream: Stream | None) -> str:
    """Return host, protocol, recorder, status and finish reason of an interaction on one line."""
    interaction = cassette.interactions[index]
    answer = cassette.answers.get(index) if stream is None else None
    protocol = stream.protocol if stream else answer.protocol if answer else ""
    parts = (
        host_of(interaction.request.url) or (stream.provider if stream else None),
        "" if protocol == "generic" else protocol,
        cassette.recorder,
        interaction.response.status_line,
        f"finish: {stream.finish_reason}" if stream and stream.finish_reason else "",
    )
    return " · ".join(part for part in parts if part)


def stream_story(stream: Stream) -> str:
    """Return what happened in a stream. Only what the recording supports is stated."""
    if stream.protocol == "generic":
        events = counted(stream.chunks["event"].nunique(), "event")
        return f"The protocol of this stream is unknown: {events}, shown as raw events."
    name = stream.model or "The model"
    parts = [part for part in (_thinking(stream), _output(stream)) if part]
    if not parts:
        parts = ["sent events, but no text" if stream.error is None else "sent no text"]
    sentence = f"{name} {', then '.join(parts)}."
    if stream.error is not None:
        sentence += f" The stream contains an error: {str(stream.error).rstrip('.')}."
    elif stream.events_left_out:
        sentence += f" Its last {number(stream.events_left_out)} events were not read."
    elif not stream.complete:
        sentence += " Then the stream breaks off."
    elif stream.finish_reason == "length":
        sentence += " It was cut off by its token limit."
    if stream.timing.grade == "paced":
        sentence += " Its speed is not recorded."
    return sentence + _silences(stream.silences)


def _silences(silences: Silences) -> str:
    if silences.burst_s is not None:
        return f" It arrived in one burst of {seconds(silences.burst_s)}, so it was buffered on its way or sent from a cache."
    if not silences.stalls:
        return ""
    longest = seconds(silences.stalls[0].length_s)
    times = silences.stall_count
    return f" It stalled once, for {longest}." if times == 1 else f" It stalled {times} times, for up to {longest}."


def answer_story(answer: Answer) -> str:
    """Return what happened in a response that was not streamed."""
    if answer.error is not None:
        return f"The provider answered with an error: {str(answer.error).rstrip('.')}."
    usage = answer.usage
    parts = []
    if answer.text:
        tokens = usage.output if usage and not answer.reasoning and not answer.tool_calls else None
        parts.append(f"wrote {counted(tokens, 'token')}" if tokens else "wrote text")
    if answer.tool_calls:
        parts.append(f"called {_names(answer.tool_calls)}")
    sentence = f"{answer.model or 'The model'} answered without streaming"
    return f"{sentence}: it {' and '.join(parts)}." if parts else f"{sentence}."


def _names(calls: Sequence[ToolCall]) -> str:
    """Return the names of called tools, each with how often it was called."""
    calls_by_name = Counter(call.name or "a tool" for call in calls)
    return ", ".join(
        name + ("", "", " twice")[times] if times < 3 else f"{name} {times} times"
        for name, times in calls_by_name.items()
    )


def _thinking(stream: Stream) -> str:
    is_shown = bool((stream.chunks["kind"] == "reasoning").any())
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
    chunks = stream.chunks
    parts = []
    content = chunks["kind"] == "content"
    if content.any():
        tokens = max(1, round(float(chunks.loc[content, "tokens"].sum())))
        about = "" if _is_counted(stream) else "about "
        parts.append(f"wrote {about}{counted(tokens, 'token')}{_speed(stream)}")
    if (chunks["kind"] == "audio").any():
        parts.append("spoke")
    if (chunks["kind"] == "refusal").any():
        parts.append("refused")
    if stream.tool_calls:
        parts.append(f"called {_names(stream.tool_calls)}")
    return " and ".join(parts)


def _speed(stream: Stream) -> str:
    """Return how fast the output arrived, if that is exact. In a sentence, a rate within bounds would read as a fact."""
    name = rate_metric(stream)
    rate = stream.metrics[name]
    is_exact = rate.grade in ("measured", "stamped") or (rate.low is not None and rate.low == rate.high)
    if rate.value is None or not is_exact:
        return ""
    includes_thinking = name == "tokens_per_second" and bool((stream.chunks["kind"] == "reasoning").any())
    return f" at {quantity(rate.value, rate.unit)}{', thinking included' if includes_thinking else ''}"


def _is_counted(stream: Stream) -> bool:
    """Tell whether the provider counted the content alone, so that its tokens are not an estimate."""
    usage = stream.usage
    if usage is None or usage.output is None or usage.output <= (usage.reasoning or 0):
        return False
    chunks = stream.chunks
    others = chunks["kind"].isin(["tool_call", "refusal", "audio"]).any()
    return not others and chunks.loc[chunks["kind"] == "content", "choice"].nunique() == 1
