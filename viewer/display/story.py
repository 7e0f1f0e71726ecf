"""A stream told in one sentence."""

from collections import Counter
from collections.abc import Sequence

from viewer.protocols.provider import host_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.streams.timing.silences import Silences
from viewer.text.words import number, seconds
from viewer.types.measure import Measure
from viewer.types.replies import ToolCall

_TENTHS = (
    "",
    "a tenth",
    "a fifth",
    "three tenths",
    "two fifths",
    "half",
    "three fifths",
    "seven tenths",
    "four fifths",
)


def facts_of(cassette: Cassette, index: int, stream: Stream | None) -> str:
    """Return in a line where an interaction comes from, in which protocol, and how it ended."""
    interaction = cassette.interactions[index]
    answer = cassette.answers.get(index) if stream is None else None
    protocol = stream.protocol if stream else answer.protocol if answer else ""
    facts = (
        host_of(interaction.request.url) or (stream.provider if stream else None),
        "" if protocol == "generic" else protocol,
        cassette.recorder,
        interaction.response.status_line,
        f"finish: {stream.finish_reason}" if stream and stream.finish_reason else "",
    )
    return " · ".join(fact for fact in facts if fact)


def tell(stream: Stream) -> str:
    """Return what happened, and nothing that the recording does not support."""
    if stream.protocol == "generic":
        events = stream.chunks["event"].nunique()
        return f"The protocol of this stream is not known, so its {number(events)} events are listed and nothing is guessed."
    name = stream.model or "The model"
    parts = [part for part in (_thought(stream), _output(stream)) if part]
    if not parts:
        parts = ["sent events, but no text" if stream.error is None else "sent no text"]
    sentence = f"{name} {', then '.join(parts)}."
    if stream.error is not None:
        sentence += f" The stream holds an error: {str(stream.error).rstrip('.')}."
    elif stream.events_left_out:
        sentence += f" Its last {number(stream.events_left_out)} events were not read."
    elif not stream.complete:
        sentence += " Then the stream breaks off."
    elif stream.finish_reason == "length":
        sentence += " It was cut off by its token limit."
    if stream.timing.grade == "paced":
        sentence += " The recording does not say how fast."
    return sentence + _silences(stream.silences)


def _silences(silences: Silences) -> str:
    if silences.burst_s is not None:
        return f" It came in one burst of {seconds(silences.burst_s)}: buffered on its way, or sent from memory."
    if not silences.stalls:
        return ""
    longest = seconds(silences.stalls[0].length_s)
    times = silences.stall_count
    return (
        f" It stood still once, for {longest}."
        if times == 1
        else f" It stood still {times} times, for {longest} at most."
    )


def tell_answer(answer: Answer) -> str:
    """Return what a response that came whole says of itself."""
    if answer.error is not None:
        return f"The provider answered with an error: {str(answer.error).rstrip('.')}."
    usage = answer.usage
    parts = []
    if answer.text:
        counted = usage.output if usage and not answer.reasoning and not answer.tool_calls else None
        parts.append(f"wrote {number(counted)} token{'s' * (counted != 1)}" if counted else "wrote a text")
    if answer.tool_calls:
        parts.append(f"called {_names(answer.tool_calls)}")
    sentence = f"{answer.model or 'The model'} answered in one piece, without a stream"
    return f"{sentence}: it {' and '.join(parts)}." if parts else f"{sentence}."


def _names(calls: Sequence[ToolCall]) -> str:
    counted = Counter(call.name or "a tool" for call in calls)
    return ", ".join(
        name + ("", "", " twice")[times] if times < 3 else f"{name} {times} times" for name, times in counted.items()
    )


def _thought(stream: Stream) -> str:
    shown = bool((stream.chunks["kind"] == "reasoning").any())
    if not shown and not stream.hidden:
        return ""
    parts = ["thought"]
    thinking = stream.metrics["thinking_time"]
    if thinking.value is not None:
        parts.append(f"for {_about(thinking)}")
    if stream.hidden:
        if stream.hidden.tokens == stream.hidden.reasoning_tokens:
            parts.append(f"{number(stream.hidden.tokens)} tokens out of sight")
        else:
            parts[-1] += f", {_share(stream.hidden.tokens / stream.hidden.reasoning_tokens)} of it out of sight"
    return " ".join(parts)


def _about(measure: Measure) -> str:
    exact = measure.grade == "measured"
    value = measure.value or 0.0
    return f"{'' if exact else 'about '}{value:.1f} s" if value < 60 else f"about {value / 60:.0f} min"


def _share(fraction: float) -> str:
    tenths = round(fraction * 10)
    if tenths >= 10:
        return "nearly all"
    return "nine tenths" if tenths == 9 else _TENTHS[tenths] or "a little"


def _output(stream: Stream) -> str:
    chunks = stream.chunks
    parts = []
    content = chunks["kind"] == "content"
    if content.any():
        tokens = max(1, round(float(chunks.loc[content, "tokens"].sum())))
        about = "" if _is_counted(stream) else "about "
        parts.append(f"wrote {about}{number(tokens)} token{'s' * (tokens != 1)}{_speed(stream, about)}")
    if (chunks["kind"] == "audio").any():
        parts.append("spoke")
    if (chunks["kind"] == "refusal").any():
        parts.append("refused")
    if stream.tool_calls:
        parts.append(f"called {_names(stream.tool_calls)}")
    return " and ".join(parts)


def _speed(stream: Stream, about: str) -> str:
    """Return how fast the content came, where that is known exactly: what has bounds would read as a fact in a sentence."""
    if stream.timing.grade in ("measured", "stamped"):
        rate = stream.metrics["content_tokens_per_second"].value
        return "" if rate is None else f" at {about}{number(rate)} tokens/s"
    rate = _exact(stream.metrics["chunks_per_second"])
    return "" if rate is None else f" at {number(rate)} chunks/s"


def _exact(measure: Measure) -> float | None:
    return measure.value if measure.low is not None and measure.low == measure.high else None


def _is_counted(stream: Stream) -> bool:
    """Tell whether the provider's count is of the content alone, and so no estimate."""
    usage = stream.usage
    if usage is None or usage.output is None or usage.output <= (usage.reasoning or 0):
        return False
    chunks = stream.chunks
    others = chunks["kind"].isin(["tool_call", "refusal", "audio"]).any()
    return not others and chunks.loc[chunks["kind"] == "content", "choice"].nunique() == 1
