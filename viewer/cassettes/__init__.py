"""Which recorder wrote a file: one module a recorder, found by what is in this folder.

A recorder module has `ABOUT`, a row for each format it reads in the table of what opens, and two functions:
`recognise(document)` says how sure it is, 0 to 100, that it reads this file, by content and never by name;
`read(document)` returns what it holds.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol, cast

import viewer.cassettes.recorders
from viewer.cassettes.document import Document
from viewer.cassettes.loose_events import loose_events
from viewer.types.formats import About, modules_of
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

_LAST_RESORT = "viewer.cassettes.recorders.text"


@dataclass(frozen=True, slots=True)
class Recording:
    """Hold what a recorder kept, before any stream in it is decoded."""

    format: str
    interactions: list[Interaction]
    version: str = ""
    problems: tuple[Problem, ...] = ()
    from_tree: bool = False
    """Whether it was read from the document's tree, which holds no more than stands before a break."""


class RecorderModule(Protocol):
    """Describe the shape of a module in this folder."""

    __name__: str
    ABOUT: tuple[About, ...]

    def recognise(self, document: Document) -> int: ...
    def read(self, document: Document) -> Recording: ...


@cache
def known_recorders() -> tuple[RecorderModule, ...]:
    """Return every recorder module, last the one that reads what no other knows."""
    modules = cast("list[RecorderModule]", modules_of(viewer.cassettes.recorders))
    return tuple(sorted(modules, key=lambda module: module.__name__ == _LAST_RESORT))


def read_recording(document: Document) -> Recording:
    """Read a file as the recorder that is surest of it; raise `CassetteError` where none knows it."""
    if not document.data or document.data.isspace():
        raise CassetteError(document.name, "the file is empty.")
    sureness, recorder = _surest(document)
    if not sureness:
        raise CassetteError(document.name, _why_unknown(document), "Open a cassette, or any text that holds events.")
    recording = recorder.read(document)
    if document.trouble:
        trouble = Problem("warning", document.trouble, "Compress the file again, or record it again.")
        recording = replace(recording, problems=(*recording.problems, trouble))
    return _with_rest(recording, document) if recording.from_tree and document.broken else recording


def _surest(document: Document) -> tuple[int, RecorderModule]:
    """Return how sure the recorder is that is surest of a file, and which it is."""
    *recorders, any_text = known_recorders()
    sureness, recorder = max(((module.recognise(document), module) for module in recorders), key=lambda pair: pair[0])
    # Whether a text holds events is found out by reading all of it, for which it must be of no recorder.
    return (sureness, recorder) if sureness else (any_text.recognise(document), any_text)


def _with_rest(recording: Recording, document: Document) -> Recording:
    """Return a recording with the events that stand after the break of a file, as interactions of their own."""
    broken = document.broken
    if broken is None:
        return recording
    rest = [Interaction(Request(), Response(body=body)) for body in loose_events(document.after_break())]
    where = f"The file breaks off or is broken at line {broken.line} ({broken.reason})."
    advice = "What stands before is read; " + (
        "the events after it are shown as streams without a request." if rest else "no event stands after it."
    )
    problem = Problem("warning", where, advice)
    return replace(recording, interactions=[*recording.interactions, *rest], problems=(*recording.problems, problem))


def _end_of_text(data: bytes) -> int | None:
    """Return the offset of the first byte that no text in UTF-8 has; None where there is none."""
    zero = data.find(b"\0")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start if zero < 0 else min(zero, error.start)
    return None if zero < 0 else zero


def _why_unknown(document: Document) -> str:
    end = _end_of_text(document.data)
    if end is not None:
        byte = f"byte 0x{document.data[end]:02x} at {end:,}"
        return f"not a cassette of a known recorder: it is not UTF-8 text ({byte}), and it holds no event."
    if document.broken:
        return f"not readable as YAML: {document.broken}, and it holds no event."
    tree = document.tree
    if isinstance(tree, dict):
        keys = ", ".join(repr(str(key)[:40]) for key in list(tree)[:6])
        return f"not a cassette of a known recorder: a mapping with the keys {keys or '(none)'}."
    return f"not a cassette of a known recorder: it holds one {type(tree).__name__}."
