"""Changes that are alike, counted over files, and the order in which they tell most."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.comparison.aspects import ASPECTS, Aspect
from viewer.comparison.folders.changes import Alike, InteractionChange, Piece
from viewer.comparison.folders.comparison import FileChange

TIERS = ("removed", "changed type", "added")
"""What can happen to a field, and what breaks a client most first."""

# What a reader of a pull request should see first: an answer that failed, then one that does something else, then other words.
_TELLING: tuple[Aspect, ...] = (
    "error",
    "finish-reason",
    "tool-calls",
    "protocol",
    "model",
    "interactions",
    "request",
    "schema",
    "text",
    "headers",
    "usage",
)
_RANKS: Mapping[Aspect, int] = {aspect: rank for rank, aspect in enumerate(_TELLING)}


@dataclass(slots=True)
class Group:
    """Changes that are alike, in one or many files."""

    piece: Piece
    """The first of them, with its lines."""
    files: dict[str, None] = field(default_factory=dict)
    """The names of the files, in order."""
    interactions: int = 0
    answers: dict[Aspect, int] = field(default_factory=dict)
    """For a change of a request: in how many of the interactions the answer changed too, by aspect."""
    unanswered: int = 0
    """For a change of a request: in how many interactions the answer did not change."""

    @property
    def alike(self) -> Alike:
        """What they have in common."""
        return self.piece.alike


class Groups(NamedTuple):
    """The changes of all files, each kind with the most frequent first."""

    schema: list[Group]
    """Fields of responses: removed, then of another type, then added."""
    requests: list[Group]
    answers: list[Group]
    """What changed in answers besides fields and usage."""
    unprompted: int
    """How many answers changed although their request did not."""
    prompted: int
    """How many answers changed together with their request."""


def group(files: Iterable[FileChange]) -> Groups:
    """Group the changes of many files."""
    causes: dict[Alike, Group] = {}
    effects: dict[Alike, Group] = {}
    prompted = unprompted = 0
    for file in files:
        for one in file.interactions:
            changed = [
                aspect for aspect in one.aspects if aspect not in ("request", "headers", "interactions", "schema")
            ]
            has_cause = "request" in one.aspects
            prompted += bool(changed) and has_cause
            unprompted += bool(changed) and not has_cause
            for piece in _distinct(one.causes):
                _add(causes, piece, file, changed, is_cause=True)
            for piece in _distinct(one.effects):
                if piece.alike.aspect != "usage":
                    _add(effects, piece, file, changed, is_cause=False)
    fields = [each for each in effects.values() if each.alike.aspect == "schema"]
    others = [each for each in effects.values() if each.alike.aspect != "schema"]
    return Groups(
        schema=sorted(fields, key=lambda each: (TIERS.index(each.alike.what), *_frequency(each))),
        requests=sorted(causes.values(), key=lambda each: (_RANKS[each.alike.aspect], *_frequency(each))),
        answers=sorted(others, key=lambda each: (_RANKS[each.alike.aspect], *_frequency(each))),
        unprompted=unprompted,
        prompted=prompted,
    )


def _distinct(pieces: Sequence[Piece]) -> Iterable[Piece]:
    return {piece.alike: piece for piece in reversed(pieces)}.values()


def _add(groups: dict[Alike, Group], piece: Piece, file: FileChange, changed: list[Aspect], *, is_cause: bool) -> None:
    one = groups.setdefault(piece.alike, Group(piece))
    one.files.setdefault(file.right)
    one.interactions += 1
    if is_cause:
        for aspect in changed:
            one.answers[aspect] = one.answers.get(aspect, 0) + 1
        one.unanswered += not changed


def _frequency(one: Group) -> tuple[int, str, str]:
    return -len(one.files), one.alike.title, one.alike.name


def most_telling_first(files: Iterable[FileChange], groups: Groups) -> list[FileChange]:
    """Return files sorted by what changed in them, and among those alike by how few others share it."""
    shared = {each.alike: len(each.files) for each in (*groups.schema, *groups.requests, *groups.answers)}

    def key(file: FileChange) -> tuple[int, float, str]:
        rank = min((_RANKS[aspect] for one in file.interactions for aspect in one.aspects), default=len(_RANKS))
        rarity = sum(1 / shared.get(piece.alike, 1) for one in file.interactions for piece in pieces_of(one))
        return rank, -rarity, file.right

    return sorted(files, key=key)


def pieces_of(one: InteractionChange) -> tuple[Piece, ...]:
    """Return all that changed in an interaction."""
    return (*one.causes, *one.effects)


def in_order(counts: Mapping[Aspect, int]) -> list[tuple[Aspect, int]]:
    """Return counts by aspect in the order of `ASPECTS`."""
    return [(aspect, counts[aspect]) for aspect in ASPECTS if aspect in counts]
