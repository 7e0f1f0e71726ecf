"""Read one document with the module that is most sure of it, unless another reading shows that it is mistaken."""

from collections.abc import Sequence
from dataclasses import replace

from viewer.cassettes.added_streams import with_rest, with_streams
from viewer.cassettes.document import Document
from viewer.cassettes.kept_bodies import keeps_bodies, quotes_any, unread_streams
from viewer.cassettes.recorder_modules import known_recorders
from viewer.cassettes.recording import RecorderModule, Recording
from viewer.types.http import Interaction
from viewer.types.plugins import PluginError
from viewer.types.problems import CassetteError, Problem
from viewer.wire.sniff import is_event_stream

_LONG_BODY_BYTES = 100
# A module is as sure as this only of a file that names its recorder, so responses without a body are such.
_NAMED = 96


def read_surest(document: Document, failures: list[Problem], *, is_part: bool = False) -> Recording | None:
    """Read a file with the surest module whose reading has the bodies. Return None if no module knows it."""
    first: Recording | CassetteError | None = None
    for sureness, recorder in _ranked(document, failures):
        try:
            recording = recorder.read(document)
        except CassetteError as error:
            first = first or error
            continue
        except PluginError as error:
            failures.append(error.problem)
            continue
        recording = recording if is_part else with_rest(recording, document)
        if recording.session is not None:
            # Streams that a session quotes are part of what was said, and no bodies that the recorder missed.
            return recording
        keeps = keeps_bodies(recording.interactions, document, is_first_tree=recording.from_tree)
        if first is None and (keeps or (sureness >= _NAMED and not _unread(recording, document))):
            return recording
        if first and keeps and any(map(_is_answered, recording.interactions)):
            return _with_doubt(recording, first)
        first = first or recording
    return _read_anywhere(document, first)


def _is_answered(interaction: Interaction) -> bool:
    """Tell whether an interaction has what a surer module lacks: a stream, or a request with a long response body.

    A module that takes the whole file as one body always has a body, and a short one may be the sign of a missing body.
    """
    body = interaction.response.body
    return is_event_stream(body) or bool(interaction.request.url and len(body) >= _LONG_BODY_BYTES)


def _read_anywhere(document: Document, surest: Recording | CassetteError | None) -> Recording | None:
    """Read the events that stand anywhere in a file, if the surest module did not read them."""
    *_, last_resort = known_recorders()
    unread: list[bytes] = []
    is_foreign = True
    if isinstance(surest, Recording):
        unread = _unread(surest, document)
        has_bodies = any(one.response.body for one in surest.interactions)
        # Only trees are alike. Any other format is recognised by its first bytes.
        is_foreign = quotes_any(surest.interactions, unread) if has_bodies else surest.from_tree or bool(unread)
    # Asked only now, because it has to search the whole text for events.
    if is_foreign and last_resort.recognise(document):
        recording = last_resort.read(document)
        if not isinstance(surest, Recording) or any(
            is_event_stream(one.response.body) for one in recording.interactions
        ):
            return recording
    if isinstance(surest, CassetteError):
        raise surest
    return with_streams(surest, unread) if surest else None


def _unread(recording: Recording, document: Document) -> list[bytes]:
    return unread_streams(recording.interactions, document, is_first_tree=recording.from_tree)


def _ranked(document: Document, failures: list[Problem]) -> list[tuple[int, RecorderModule]]:
    """Return the modules that recognise a file with their sureness, the surest first, without the last resort.

    A module that looks at lines alone is asked first. If it is sure, the file need not be parsed for the others, which takes
    five times its size in memory.
    """
    *recorders, _ = known_recorders()
    by_lines = [recorder for recorder in recorders if getattr(recorder, "BY_LINES", False)]
    recognised = _asked(by_lines, document, failures)
    if not any(sureness >= _NAMED for sureness, _ in recognised):
        recognised += _asked([one for one in recorders if one not in by_lines], document, failures)
    return sorted(recognised, key=lambda pair: -pair[0])


def _asked(
    recorders: Sequence[RecorderModule], document: Document, failures: list[Problem]
) -> list[tuple[int, RecorderModule]]:
    """Return the modules that recognise a file, each with its sureness. Add the failures of plug-ins."""
    recognised: list[tuple[int, RecorderModule]] = []
    for recorder in recorders:
        try:
            sureness = recorder.recognise(document)
        except PluginError as error:
            failures.append(error.problem)
            continue
        if sureness:
            recognised.append((sureness, recorder))
    return recognised


def _with_doubt(recording: Recording, surest: Recording | CassetteError) -> Recording:
    """Note that a surer module recognised the file too, but read no body in it."""
    if isinstance(surest, CassetteError):
        return recording
    what = f"The file looks like one of {surest.format}, but has no response bodies where {surest.format} writes them."
    note = Problem("note", f"{what} It is read as {recording.format}.", "Compare the result with the file.")
    return replace(recording, problems=(*recording.problems, note))
