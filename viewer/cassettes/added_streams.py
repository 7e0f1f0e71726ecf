"""Event streams of a file that no interaction of its recorder holds, added as interactions without a request."""

from dataclasses import replace

from viewer.cassettes.document import Document
from viewer.cassettes.loose_events import loose_events
from viewer.cassettes.recording import Recording
from viewer.text.words import counted
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import Problem


def with_streams(recording: Recording, streams: list[bytes]) -> Recording:
    """Add event streams that stand where the recorder writes no bodies, as interactions of their own."""
    if not streams:
        return recording
    what = f"The file has {counted(len(streams), 'event stream')} where {recording.format} writes no bodies."
    problem = Problem("warning", what, "Shown without a request, after the other interactions.")
    added = [Interaction(Request(), Response(body=body)) for body in streams]
    return replace(recording, interactions=[*recording.interactions, *added], problems=(*recording.problems, problem))


def with_rest(recording: Recording, document: Document) -> Recording:
    """Add the events after the break of a file to a recording, as interactions of their own."""
    broken = document.broken if recording.from_tree else None
    if broken is None:
        return recording
    rest = [Interaction(Request(), Response(body=body)) for body in loose_events(document.after_break())]
    advice = "Everything before that line is read. " + (
        "The events after it are shown as streams without a request." if rest else "There are no events after it."
    )
    problem = Problem("warning", broken.message, advice)
    return replace(recording, interactions=[*recording.interactions, *rest], problems=(*recording.problems, problem))
