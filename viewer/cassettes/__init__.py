"""Find the recorder that wrote a file and read the file's interactions. Each module in `recorders/` reads one recorder.

A recorder module has `ABOUT`, which holds a row of docs/formats.md for each format, and two functions. `recognise(document)`
returns how sure the module is, from 0 to 100, that it reads this file. It judges by content and never by name.
`read(document)` returns the interactions.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol, cast

import viewer.cassettes.recorders
from viewer.cassettes.document import Document
from viewer.cassettes.loose_events import loose_events
from viewer.text.words import counted
from viewer.types.formats import About, modules_of
from viewer.types.http import Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

_LAST_RESORT = "viewer.cassettes.recorders.text"


@dataclass(frozen=True, slots=True)
class Recording:
    """The interactions of a file, before any stream in them is decoded."""

    format: str
    interactions: list[Interaction]
    version: str = ""
    problems: tuple[Problem, ...] = ()
    from_tree: bool = False
    """Whether it was read from the document's tree, which ends where a broken file breaks."""


class RecorderModule(Protocol):
    """What every module in `recorders/` has."""

    __name__: str
    ABOUT: tuple[About, ...]

    def recognise(self, document: Document) -> int: ...
    def read(self, document: Document) -> Recording: ...


@cache
def known_recorders() -> tuple[RecorderModule, ...]:
    """Return every recorder module. The last resort, which reads any text with events, comes last."""
    modules = cast("list[RecorderModule]", modules_of(viewer.cassettes.recorders))
    return tuple(sorted(modules, key=lambda module: module.__name__ == _LAST_RESORT))


def read_recording(document: Document) -> Recording:
    """Read a file with the recorder module that is most sure of it. Raise `CassetteError` if none knows it."""
    if not document.data or document.data.isspace():
        raise CassetteError(document.name, "the file is empty.")
    recorder = _choose_recorder(document)
    if recorder is None:
        raise CassetteError(document.name, _why_unknown(document), "Open a cassette, or any text that contains events.")
    recording = recorder.read(document)
    if document.trouble:
        trouble = Problem("warning", document.trouble, "Compress the file again, or record the call again.")
        recording = replace(recording, problems=(*recording.problems, trouble))
    return _with_rest(recording, document) if recording.from_tree and document.broken else recording


def _choose_recorder(document: Document) -> RecorderModule | None:
    *recorders, last_resort = known_recorders()
    sureness, recorder = max(((module.recognise(document), module) for module in recorders), key=lambda pair: pair[0])
    if sureness:
        return recorder
    # Asked only now, because it has to search the whole text for events.
    return last_resort if last_resort.recognise(document) else None


def _with_rest(recording: Recording, document: Document) -> Recording:
    """Add the events after the break of a file to a recording, as interactions of their own."""
    broken = document.broken
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
