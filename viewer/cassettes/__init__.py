"""Find the recorder that wrote a file and read the file's interactions. Each module in `recorders/` reads one recorder.

A recorder module has `ABOUT`, which holds a row of docs/formats.md for each format, and two functions. `recognise(document)`
returns how sure the module is, from 0 to 100, that it reads this file. It judges by content and never by name.
`read(document)` returns the interactions. Packages of other people add modules by the entry point `cassette_viewer.recorders`.
"""

from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import cast

import viewer.cassettes.recorders
from viewer.cassettes.document import Document
from viewer.cassettes.kept_bodies import keeps_bodies, quotes_any, unread_streams
from viewer.cassettes.loose_events import loose_events
from viewer.cassettes.plugin_recorders import PluginRecorder
from viewer.cassettes.recording import RecorderModule, Recording
from viewer.text.words import counted
from viewer.types.formats import modules_of
from viewer.types.http import Interaction, Request, Response
from viewer.types.plugins import RECORDERS, PluginError, find_plugins
from viewer.types.problems import CassetteError, Problem
from viewer.wire.sniff import is_event_stream

__all__ = ["RecorderModule", "Recording", "built_in_recorders", "known_recorders", "read_recording"]

_LONG_BODY_BYTES = 100
_LAST_RESORT = "viewer.cassettes.recorders.text"


@cache
def built_in_recorders() -> tuple[RecorderModule, ...]:
    """Return every module in `recorders/`. The last resort, which reads any text with events, comes last."""
    modules = sorted(modules_of(viewer.cassettes.recorders), key=lambda module: module.__name__ == _LAST_RESORT)
    return tuple(cast("list[RecorderModule]", modules))


@cache
def known_recorders() -> tuple[RecorderModule, ...]:
    """Return the built-in recorder modules and the plug-ins. The last resort comes last."""
    *modules, last_resort = built_in_recorders()
    return (*modules, *map(PluginRecorder, find_plugins(RECORDERS).found), last_resort)


def read_recording(document: Document) -> Recording:
    """Read a file with the recorder module that is most sure of it. Raise `CassetteError` if none knows it.

    A reading without the response bodies that the file holds is not trusted, and the next surest module is tried.
    """
    if not document.data or document.data.isspace():
        raise CassetteError(document.name, "the file is empty.")
    failures: list[Problem] = []
    recording = _read(document, failures)
    if recording is None:
        raise CassetteError(document.name, _why_unknown(document), "Open a cassette, or any text that contains events.")
    if document.trouble:
        failures.append(Problem("warning", document.trouble, "Compress the file again, or record the call again."))
    return replace(recording, problems=(*recording.problems, *dict.fromkeys(failures)))


def _read(document: Document, failures: list[Problem]) -> Recording | None:
    """Read every document in a file. Return None if no module knows it. Add the failures of plug-ins."""
    refusal = None
    try:
        recording = _read_one(document, failures)
    except CassetteError as error:
        # The first of several documents may be empty, and the others not.
        recording, refusal = None, error
    if (recording is None or recording.from_tree) and (parts := _read_parts(document, failures)):
        # Some modules read all documents themselves.
        is_more = recording is None or len(recording.interactions) < len(parts.interactions)
        recording = parts if is_more else recording
    if recording is None and refusal:
        raise refusal
    return recording


def _read_parts(document: Document, failures: list[Problem]) -> Recording | None:
    """Read each of several documents in a file by itself. Return None if there is one, or if no module knows any."""
    recordings: list[Recording] = []
    interactions: list[Interaction] = []
    problems: list[Problem] = []
    for index, (offset, part) in enumerate(document.parts()):
        recording = None
        with suppress(CassetteError):
            recording = _read_one(part, failures, is_part=True)
        if recording is None:
            what = f"Document {index + 1} in this file is not a cassette of a known recorder, or it is empty."
            problems.append(Problem("warning", what, "It is left out.", offset=offset))
            continue
        problems += (_shifted(problem, len(interactions)) for problem in recording.problems)
        interactions += recording.interactions
        recordings.append(recording)
    if not recordings:
        return None
    first = recordings[0]
    joined = replace(first, interactions=interactions, problems=tuple(problems), from_tree=True)
    return _with_rest(joined, document)


def _shifted(problem: Problem, interactions_before: int) -> Problem:
    if problem.interaction is None:
        return problem
    return replace(problem, interaction=problem.interaction + interactions_before)


def _read_one(document: Document, failures: list[Problem], *, is_part: bool = False) -> Recording | None:
    """Read a file with the surest module whose reading has the bodies. Return None if no module knows it."""
    first: Recording | CassetteError | None = None
    for recorder in _ranked(document, failures):
        try:
            recording = recorder.read(document)
        except CassetteError as error:
            first = first or error
            continue
        except PluginError as error:
            failures.append(error.problem)
            continue
        recording = recording if is_part else _with_rest(recording, document)
        if keeps_bodies(recording.interactions, document, is_first_tree=recording.from_tree):
            if first is None:
                return recording
            if any(map(_is_answered, recording.interactions)):
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
        unread = unread_streams(surest.interactions, document, is_first_tree=surest.from_tree)
        has_bodies = any(one.response.body for one in surest.interactions)
        # Only trees are alike. Any other format is recognised by its first bytes.
        is_foreign = quotes_any(surest.interactions, unread) if has_bodies else surest.from_tree or bool(unread)
    # Asked only now, because it has to search the whole text for events.
    if is_foreign and last_resort.recognise(document):
        return last_resort.read(document)
    if isinstance(surest, CassetteError):
        raise surest
    return _with_streams(surest, unread) if surest else None


def _with_streams(recording: Recording, streams: list[bytes]) -> Recording:
    """Add event streams that stand where the recorder writes no bodies, as interactions of their own."""
    if not streams:
        return recording
    what = f"The file has {counted(len(streams), 'event stream')} where {recording.format} writes no bodies."
    problem = Problem("warning", what, "Shown without a request, after the other interactions.")
    added = [Interaction(Request(), Response(body=body)) for body in streams]
    return replace(recording, interactions=[*recording.interactions, *added], problems=(*recording.problems, problem))


def _ranked(document: Document, failures: list[Problem]) -> list[RecorderModule]:
    """Return the modules that recognise a file, the surest first, without the last resort."""
    *recorders, _ = known_recorders()
    recognised: list[tuple[int, RecorderModule]] = []
    for recorder in recorders:
        try:
            sureness = recorder.recognise(document)
        except PluginError as error:
            failures.append(error.problem)
            continue
        if sureness:
            recognised.append((sureness, recorder))
    return [recorder for _, recorder in sorted(recognised, key=lambda pair: -pair[0])]


def _with_doubt(recording: Recording, surest: Recording | CassetteError) -> Recording:
    """Note that a surer module recognised the file too, but read no body in it."""
    if isinstance(surest, CassetteError):
        return recording
    what = f"The file looks like one of {surest.format}, but has no response bodies where {surest.format} writes them."
    note = Problem("note", f"{what} It is read as {recording.format}.", "Compare the result with the file.")
    return replace(recording, problems=(*recording.problems, note))


def _with_rest(recording: Recording, document: Document) -> Recording:
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


def _find_binary(data: bytes) -> int | None:
    """Return the offset of the first byte that UTF-8 text does not have, or None."""
    zero = data.find(b"\0")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start if zero < 0 else min(zero, error.start)
    return None if zero < 0 else zero


def _why_unknown(document: Document) -> str:
    offset = _find_binary(document.data)
    if offset is not None:
        byte = f"byte 0x{document.data[offset]:02x} at {offset:,}"
        return f"not a cassette of a known recorder: it is not UTF-8 text ({byte}) and contains no events."
    if document.broken:
        return f"not readable as YAML ({document.broken}), and it contains no events."
    tree = document.tree
    if isinstance(tree, dict):
        keys = ", ".join(repr(str(key)[:40]) for key in list(tree)[:6])
        return f"not a cassette of a known recorder: it is a mapping with the keys {keys or '(none)'}."
    kind = f"a list of {counted(len(tree), 'item')}" if isinstance(tree, list) else "plain text"
    return f"not a cassette of a known recorder: it is {kind} without events."
