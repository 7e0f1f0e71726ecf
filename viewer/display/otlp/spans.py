"""The calls of a cassette as spans: the JSON of an `ExportTraceServiceRequest`.

Without a session, the recording does not say that calls belong together: each is a trace of its own. The texts are JSON in strings,
which the conventions allow for spans, because many programs that show spans read no other form.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from viewer.conversation.call_times import decoded_interactions, recorded_starts
from viewer.display.otlp.agents import SessionSpans
from viewer.display.otlp.calls import ModelCall, model_calls
from viewer.display.otlp.content import content_attributes
from viewer.display.otlp.document import Written, fingerprint, write_request
from viewer.display.otlp.span import Span, call_span, lone_place
from viewer.streams.cassette import Cassette
from viewer.text.json import write
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_OTHER_FORM = "Log records (otlp-logs) need no times."


def otlp_spans(cassette: Cassette, interaction: int | None = None, *, content: bool = True) -> Written:
    """Return all calls of a cassette, or one of them, as spans.

    Args:
        cassette: what to export. Give a redacted one, unless its secrets may leave.
        interaction: the only interaction to write, without the agent and the tools around it.
        content: whether to write what was said: instructions, messages, definitions of tools, arguments, results and errors.

    Raises:
        CassetteError: the cassette has no call of a model, or does not say when one began.
    """
    calls = model_calls(cassette)
    recording = fingerprint(cassette)
    wanted = [one for one in calls if interaction in (None, one.index)]
    timed = [one for one in wanted if one.interval is not None]
    if not timed:
        raise _refusal(cassette, wanted)
    session = SessionSpans(cassette.session, calls, recording, content=content) if cassette.session else None
    spans: list[Span] = session.spans() if session and interaction is None else []
    for one in timed:
        if one.interval is not None:
            place = session.place_of(one) if session and interaction is None else lone_place(recording, one)
            texts = _texts(one) if content else {}
            spans.append(call_span(one, one.interval, place, texts | _conversation(cassette), content=content))
    counts = {"cassette.calls": len(wanted), "cassette.calls_without_span": len(wanted) - len(timed)}
    items, notes = [span.as_json() for span in spans], _notes(wanted, timed)
    return write_request(cassette, "resourceSpans", "scopeSpans", items, counts, notes)


def has_spans(cassette: Cassette) -> bool:
    """Tell whether a cassette may say when a call began, which a span needs. Not all of its requests need be calls of models."""
    if cassette.session and any(place.given for place in cassette.session.stamped_calls):
        return True
    return any(recorded_starts(decoded_interactions(cassette)).starts)


def _texts(one: ModelCall) -> dict[str, Any]:
    found = content_attributes(one.conversation, one.call.finish_reason)
    return {name: write(value) for name, value in found.items()}


def _conversation(cassette: Cassette) -> dict[str, Any]:
    return {"gen_ai.conversation.id": cassette.session.id} if cassette.session and cassette.session.id else {}


def _refusal(cassette: Cassette, wanted: Sequence[ModelCall]) -> CassetteError:
    if not wanted:
        return CassetteError(cassette.name, "it holds no call of a model, so there is no span to write.")
    reason = f"{wanted[0].no_start}, and a span needs to begin at some time."
    return CassetteError(cassette.name, reason, _OTHER_FORM)


def _notes(wanted: Sequence[ModelCall], timed: Sequence[ModelCall]) -> list[str]:
    """Return what is missing from the spans, and why."""
    missing = [one.no_start for one in wanted if one.interval is None]
    notes = []
    if missing:
        why = Counter(missing).most_common(1)[0][0]
        notes.append(f"{len(missing):,} of {counted(len(wanted), 'call')} left out, because {why}. {_OTHER_FORM}")
    cut = [one for one in timed if one.interval and one.interval.known != "whole"]
    if cut:
        reason = "the recording does not hold the end. cassette.time.length_known says which."
        notes.append(f"{len(cut):,} of {counted(len(timed), 'span')} may end before the call did, because {reason}")
    return notes
