"""Find the recorder that wrote a file and read the file's interactions. Each module in `recorders/` reads one recorder.

A recorder module has `ABOUT`, which holds a row of docs/formats.md for each format, and two functions. `recognise(document)`
returns how sure the module is, from 0 to 100, that it reads this file. It judges by content and never by name.
`read(document)` returns the interactions. A module with `BY_LINES = True` recognises a file by its first lines and is asked first. Packages
of other people add modules by the entry point `cassette_viewer.recorders`.
"""

from contextlib import suppress
from dataclasses import replace

from viewer.cassettes.added_streams import with_rest
from viewer.cassettes.chunks.bodies import is_packed, unwrap
from viewer.cassettes.document import Document
from viewer.cassettes.other_files import what_it_seems, what_lines_seem
from viewer.cassettes.recorder_modules import built_in_recorders, known_recorders
from viewer.cassettes.recording import RecorderModule, Recording
from viewer.cassettes.surest_reading import read_surest
from viewer.text.words import counted
from viewer.types.http import Interaction
from viewer.types.problems import CassetteError, Problem
from viewer.wire.sniff import is_event_stream, is_json_lines

__all__ = ["RecorderModule", "Recording", "built_in_recorders", "known_recorders", "read_recording"]

_ADVICE = "Open a cassette or any text with events. docs/formats.md lists the formats."
# Any JSON opens as one of these.
_PLAIN_FORMATS = ("ndjson", "json")


def read_recording(document: Document) -> Recording:
    """Read a file with the recorder module that is most sure of it. Raise `CassetteError` if none knows it.

    A reading without the response bodies that the file holds is not trusted, and the next surest module is tried.
    """
    if not document.data or document.data.isspace():
        raise CassetteError(document.name, "the file is empty.", "Check the program that wrote it.")
    problems: list[Problem] = []
    recording = _read(document, problems)
    if recording is None:
        raise _refusal(document)
    if document.trouble:
        problems.append(Problem("warning", document.trouble, "Compress the file again, or record the call again."))
    if recording.format in _PLAIN_FORMATS and (export := what_lines_seem(document.data)):
        problems.append(Problem("note", f"The file seems to be {export.what}.", export.advice))
    if recording.from_tree and document.odd_characters:
        characters = counted(document.odd_characters, "character")
        what = f"The YAML holds {characters} that it wants to be escaped, such as control characters."
        problems.append(Problem("note", what, "Read as they are. Other YAML readers may refuse the file."))
    interactions = [_unpacked(one) for one in recording.interactions]
    session = recording.session
    if session and len(session.calls) != len(interactions):
        # Streams were added that stand outside of the session, or the file holds several.
        session = None
    problems = [*recording.problems, *dict.fromkeys(problems)]
    return replace(recording, interactions=interactions, problems=tuple(problems), session=session)


def _unpacked(interaction: Interaction) -> Interaction:
    """Decode a body that its program turned into a text in a way that the file does not name."""
    response = interaction.response
    if not is_packed(response.body) or interaction.times.arrivals:
        return interaction
    body = unwrap(response.body)
    is_stream = is_event_stream(body) or is_json_lines(body)
    return replace(interaction, response=replace(response, body=body)) if is_stream else interaction


def _read(document: Document, failures: list[Problem]) -> Recording | None:
    """Read every document in a file. Return None if no module knows it. Add the failures of plug-ins."""
    refusal = None
    try:
        recording = read_surest(document, failures)
    except CassetteError as error:
        # The first of several documents may be empty, and the others not.
        recording, refusal = None, error
    if (recording is None or recording.from_tree) and (parts := _read_parts(document, failures)):
        # Some modules read all documents themselves, and some documents only together.
        is_whole = recording is None or len(recording.interactions) <= len(parts.interactions)
        recording = parts if is_whole else recording
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
            recording = read_surest(part, failures, is_part=True)
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
    return with_rest(joined, document)


def _shifted(problem: Problem, interactions_before: int) -> Problem:
    if problem.interaction is None:
        return problem
    return replace(problem, interaction=problem.interaction + interactions_before)


def _find_binary(data: bytes) -> int | None:
    """Return the offset of the first byte that UTF-8 text does not have, or None."""
    zero = data.find(b"\0")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start if zero < 0 else min(zero, error.start)
    return None if zero < 0 else zero


def _refusal(document: Document) -> CassetteError:
    seeming = what_it_seems(document)
    if seeming:
        return CassetteError(document.name, f"not a recording: it seems to be {seeming.what}.", seeming.advice)
    if b"interactions" in document.head and _is_cut_off(document.tree):
        reason = "the file is cut off in the request of its first interaction."
        return CassetteError(document.name, reason, "Record the calls again.")
    return CassetteError(document.name, _why_unknown(document), _ADVICE)


def _is_cut_off(tree: object) -> bool:
    """Return whether a file holds the beginning of a request, and nothing that tells which recorder wrote it."""
    if not isinstance(tree, dict) or not tree.keys() <= {"version", "interactions"}:
        return False
    match tree.get("interactions"):
        case [dict() as only]:
            return "request" in only and only.keys() <= {"id", "request"}
    return False


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
