"""Turn the spans of a trace into a recording: an interaction for each call of a model, and the session that they make up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from viewer.cassettes.recording import Recording
from viewer.cassettes.traces.sessions import session_of
from viewer.cassettes.traces.spans import Span
from viewer.text.words import counted
from viewer.types.http import Interaction
from viewer.types.problems import CassetteError, Problem

_MAX_NAMED = 3
# How many spans may stand between a call and the span of a library around it.
_MAX_BETWEEN = 8


@dataclass(frozen=True, slots=True)
class Source:
    """What wrote a trace."""

    format: str
    program: str
    version: str = ""
    from_tree: bool = False


def recording_of(
    spans: Sequence[Span], source: Source, problems: Sequence[Problem], file: str, *, turns_by_trace: bool = True
) -> Recording:
    """Return the calls in the order in which they started, or in the order of the file if not all say when.

    Raise `CassetteError` if there are none.
    """
    once = _once(spans)
    repeated = _repeated(len(spans) - len(once))
    spans = _without_wrappers(once)
    calls = [span for span in spans if span.interaction is not None]
    if not calls:
        reason = f"this file of {source.program} holds {counted(len(spans), 'span')}, but no call of a model."
        advice = (
            "Open one whose spans have the messages or the token counts of a call. docs/traces.md says which are read."
        )
        raise CassetteError(file, reason, advice)
    if all(span.started for span in calls):
        calls.sort(key=lambda span: span.started.epoch_s if span.started else 0.0)
    interactions = [span.interaction for span in calls if span.interaction]
    return Recording(
        source.format,
        interactions,
        source.version,
        (_no_chunks(interactions), *_other_spans(spans), *repeated, *problems),
        from_tree=source.from_tree,
        session=session_of(
            spans, calls, source.program, _only_one(span.session_id for span in calls), turns_by_trace=turns_by_trace
        ),
    )


def _only_one(ids: Iterable[str]) -> str:
    """Return the id that all calls have; "" if they have several."""
    distinct = set(ids)
    return distinct.pop() if len(distinct) == 1 else ""


def _without_wrappers(spans: Sequence[Span]) -> list[Span]:
    """Return the spans, with every call of a model that another such call stands in as a span of no call.

    A library for models and the client of the provider in it may both write a span for the same call.
    """
    by_id = {span.id: span for span in spans if span.id}
    wrappers = {_wrapper_of(span, by_id) for span in spans if span.kind == "model"}
    return [replace(span, kind="other", interaction=None) if span.id in wrappers else span for span in spans]


def _wrapper_of(span: Span, by_id: Mapping[str, Span]) -> str | None:
    """Return the id of the call that a call stands in; None if there is none, or if the spans stand in each other in a circle."""
    wrapper = None
    around = by_id.get(span.parent)
    for _ in range(_MAX_BETWEEN):
        if around is None or around.kind not in ("model", "other"):
            break
        if around.id == span.id:
            return None
        if around.kind == "model":
            wrapper = wrapper or around.id
        around = by_id.get(around.parent)
    return wrapper


def _once(spans: Iterable[Span]) -> list[Span]:
    """Return the spans without those that the file repeats. An exporter that gets no answer sends its spans again."""
    found: dict[object, Span] = {}
    for place, span in enumerate(spans):
        found.setdefault((span.trace, span.id, span.started, span.ended, _bodies(span)) if span.id else place, span)
    return list(found.values())


def _bodies(span: Span) -> tuple[bytes, bytes] | None:
    call = span.interaction
    return None if call is None else (call.request.body, call.response.body)


def _repeated(count: int) -> list[Problem]:
    """Return the note that counts the repeated spans."""
    if not count:
        return []
    what = f"{counted(count, 'span')} {'stands' if count == 1 else 'stand'} in the file again."
    return [Problem("note", what, "Each is counted once.")]


def _no_chunks(interactions: Sequence[Interaction]) -> Problem:
    """Return the note that says what a trace does not hold."""
    streamed = sum(one.times.arrivals is not None for one in interactions)
    calls = counted(len(interactions) - streamed, "call")
    if streamed == len(interactions):
        what = "The arrival times of the chunks are those that the tracing library saw in the client."
        return Problem("note", what, "A proxy sees them earlier: `cassette-viewer record --help`.")
    message = f"This file holds calls, not streams: {calls} without chunks. The times are those of the client's spans."
    if streamed:
        message = (
            f"{calls} of {len(interactions):,} in this file have no chunks. The times are those of the client's spans."
        )
    return Problem("note", message, "To see the streams, record the calls: `cassette-viewer record --help`.")


def _other_spans(spans: Sequence[Span]) -> list[Problem]:
    """Return a note that counts the spans that are neither calls of a model nor runs of a tool nor agents."""
    names = Counter(span.name[:40] or "without a name" for span in spans if span.kind == "other")
    if not names:
        return []
    most = ", ".join(f"{count:,} × {name}" for name, count in names.most_common(_MAX_NAMED))
    more = ", …" if len(names) > _MAX_NAMED else ""
    total = names.total()
    verb = "is neither a call of a model nor a run" if total == 1 else "are neither calls of a model nor runs"
    message = f"{counted(total, 'span')} of the trace {verb} of a tool: {most}{more}."
    return [Problem("note", message, "They are left out.")]
