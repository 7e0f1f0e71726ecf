"""What a recorder module is, and what it returns."""

from dataclasses import dataclass
from typing import Protocol

from viewer.cassettes.document import Document
from viewer.types.formats import About
from viewer.types.http import Interaction
from viewer.types.problems import Problem
from viewer.types.sessions import Session


@dataclass(frozen=True, slots=True)
class Recording:
    """The interactions of a file, before any stream in them is decoded."""

    format: str
    interactions: list[Interaction]
    version: str = ""
    problems: tuple[Problem, ...] = ()
    from_tree: bool = False
    """Whether it was read from the document's tree, which ends where a broken file breaks."""
    session: Session | None = None
    """How the interactions follow each other, if the file is the session of an agent or a trace."""


class RecorderModule(Protocol):
    """What every module in `recorders/`, and every plug-in, has."""

    @property
    def ABOUT(self) -> tuple[About, ...]: ...  # noqa: N802 - a constant of a module

    def recognise(self, document: Document) -> int: ...
    def read(self, document: Document) -> Recording: ...
