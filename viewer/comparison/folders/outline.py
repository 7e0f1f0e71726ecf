"""What a comparison of folders has to say, in reading order and without markup: sentences, tables, and the details of each file.

Recorded text is marked as such, so that a renderer knows what it must escape.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from viewer.comparison.aspects import ASPECTS
from viewer.comparison.diff_lines import DiffLines
from viewer.comparison.folders.changes import Alike, InteractionChange, Piece
from viewer.comparison.folders.comparison import FileChange, FolderComparison
from viewer.comparison.folders.grouping import Group, Groups, group, in_order, most_telling_first, pieces_of
from viewer.comparison.folders.totals import Figure, Sum, Totals
from viewer.comparison.sections import Recorded
from viewer.text.words import MARKS, NOTHING, counted, dollars, listed, range_and_guess
from viewer.types.measure import Measure

Line = tuple[str | Recorded, ...]
"""Pieces of text that follow each other without a space between."""

# The first names say where to look. The details name the others.
_NAMED_FILES = 3
# A change that so many files share is told once, in its table.
_SHARED_FILES = 4
# Of one file, so that a recording of a long session leaves room for others.
_MAX_INTERACTIONS = 6
_MAX_PIECES = 12


@dataclass(frozen=True, slots=True)
class Table:
    """Changes or amounts of one kind."""

    title: str
    noun: str
    """What a row is, in the singular: rows that are left out are counted with it."""
    header: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    note: str = ""


class Detail(NamedTuple):
    """A line on one change, with the lines that differ if it has any."""

    line: Line
    lines: DiffLines | None = None
    is_heading: bool = False
    """Whether it names the interaction that the next lines are on."""


@dataclass(frozen=True, slots=True)
class FileDetails:
    """What changed in one file, interaction by interaction."""

    title: Line
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """Everything that is shown of a comparison."""

    verdict: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    files: tuple[FileDetails, ...]
    """Most telling first."""
    shared_only: int
    """How many files have only changes that the tables tell."""


def outline(comparison: FolderComparison) -> Outline:
    """Return what a comparison has to say."""
    groups = group(comparison.changed)
    shared = {
        each.alike for each in (*groups.schema, *groups.requests, *groups.answers) if len(each.files) >= _SHARED_FILES
    }
    files = [_file(file, shared) for file in most_telling_first(comparison.changed, groups)]
    shown = tuple(file for file in files if file.details)
    tables = (
        _unopened(comparison),
        _schema(groups),
        _requests(groups),
        _answers(groups),
        _lone("Recordings only in B", comparison.added),
        _lone("Recordings only in A", comparison.removed),
        _renamed(comparison),
        _usage(comparison.totals),
        _figures(comparison.totals),
    )
    return Outline(
        verdict=_verdict(comparison),
        sentences=tuple(_sentences(comparison, groups)),
        tables=tuple(table for table in tables if table.rows),
        files=shown,
        shared_only=len(files) - len(shown),
    )


def _verdict(comparison: FolderComparison) -> str:
    if not comparison.aspects:
        return "No differences."
    if not comparison.changed:
        return "Recordings were added or removed."
    differ = "differs" if len(comparison.changed) == 1 else "differ"
    compared = counted(comparison.compared, "recording")
    return f"{len(comparison.changed):,} of {compared} {differ} in {listed(_aspects(comparison))}."


def _aspects(comparison: FolderComparison) -> list[str]:
    found = {aspect for file in comparison.changed for one in file.interactions for aspect in one.aspects}
    return [aspect for aspect in ASPECTS if aspect in found]


def _sentences(comparison: FolderComparison, groups: Groups) -> Iterator[str]:
    counts = [f"{comparison.same:,} the same"] if comparison.same else []
    for files, what in (
        (comparison.added, "only in B"),
        (comparison.removed, "only in A"),
        (comparison.renamed, "renamed"),
    ):
        counts += [f"{len(files):,} {what}"] if files else []
    if comparison.failures:
        counts.append(f"{len(comparison.failures):,} that cannot be compared")
    if counts:
        yield f"Recordings: {', '.join(counts)}."
    if groups.prompted or groups.unprompted:
        yield (
            f"Answers that changed: {groups.prompted:,} with their request, {groups.unprompted:,} although their request is the same."
        )
    others = comparison.skipped + len(comparison.unopened) - len(comparison.failures)
    if others:
        yield f"{counted(others, 'other file')} skipped."
    ignored = [aspect for aspect in ASPECTS if aspect not in comparison.chosen]
    if ignored:
        yield f"Not compared: {', '.join(ignored)}."


def _unopened(comparison: FolderComparison) -> Table:
    ordered = sorted(comparison.unopened, key=lambda one: not one.is_failure)
    rows = [((Recorded(one.name),), (one.side or "A and B",), (Recorded(one.reason),)) for one in ordered]
    return Table("Not compared", "file", ("file", "in", "why"), tuple(rows))


def _schema(groups: Groups) -> Table:
    rows = [
        (
            (each.alike.what,),
            (Recorded(each.alike.name) if each.alike.name else f"the whole {each.alike.title}",),
            *_sides(each),
            _files(each),
        )
        for each in groups.schema
    ]
    return Table("Fields of responses", "field", ("", "field", "A", "B", "files"), tuple(rows))


def _requests(groups: Groups) -> Table:
    rows = [(_subject(each.piece), *_sides(each), _files(each), (_answers_of(each),)) for each in groups.requests]
    header = ("request", "A", "B", "files", "their answers")
    return Table("Requests that changed, with their answers", "change", header, tuple(rows))


def _answers(groups: Groups) -> Table:
    rows = [(_subject(each.piece), *_sides(each), _files(each)) for each in groups.answers]
    return Table("Answers that changed", "change", ("answer", "A", "B", "files"), tuple(rows))


def _subject(piece: Piece) -> Line:
    alike = piece.alike
    name: Line = (" ", Recorded(alike.name)) if alike.name else ()
    return (alike.title, *name, f" {alike.what}")


def _sides(one: Group) -> tuple[Line, Line]:
    left, right = ((Recorded(text),) if text else (NOTHING,) for text in (one.alike.left, one.alike.right))
    return left, right


def _files(one: Group) -> Line:
    names = [*one.files]
    more = len(names) - _NAMED_FILES
    line: list[str | Recorded] = [f"{len(names):,}: "]
    for place, name in enumerate(names[: _NAMED_FILES if more <= 0 else _NAMED_FILES - 1]):
        line += [", "] * bool(place) + [Recorded(name)]
    return (*line, " …") if more > 0 else tuple(line)


def _answers_of(one: Group) -> str:
    if not one.answers:
        return "no answer changed"
    changed = one.interactions - one.unanswered
    aspects = ", ".join(f"{aspect} {count:,}" for aspect, count in in_order(one.answers))
    return f"{changed:,} of {one.interactions:,} changed: {aspects}"


def _lone(title: str, files: Sequence[tuple[str, int]]) -> Table:
    rows = tuple(((Recorded(name),), (counted(interactions, "interaction"),)) for name, interactions in files)
    return Table(title, "recording", ("file", ""), rows)


def _renamed(comparison: FolderComparison) -> Table:
    rows = tuple(((Recorded(old),), (Recorded(new),)) for old, new in comparison.renamed)
    return Table("Renamed recordings", "recording", ("A", "B"), rows)


def _usage(totals: Totals) -> Table:
    rows = [_sum(one, f"{one.label} tokens", "{:,.0f}".format) for one in totals.usage() if one.left != one.right]
    cost = totals.cost()
    if cost is not None:
        rows.append(_sum(cost, "cost", dollars))
    return Table("Usage and cost, added up", "amount", ("", "A", "B", "B compared with A", "pairs"), tuple(rows))


def _sum(one: Sum, label: str, write: Callable[[float], str]) -> tuple[Line, ...]:
    change = one.right - one.left
    sign = "−" if change < 0 else "+"
    percent = f" ({sign}{abs(change) / one.left:.1%})" if one.left and change else ""
    difference = f"{sign}{write(abs(change))}{percent}" if change else "same"
    without = f"; {one.without:,} more have it on one side" if one.without else ""
    return (label,), (write(one.left),), (write(one.right),), (difference,), (f"{one.pairs:,}{without}",)


def _figures(totals: Totals) -> Table:
    figures = totals.figures()
    told = [one for one in figures if {"lower", "higher"} & one.relations.keys()]
    rows = tuple((*_figure(one), (_relations(one),)) for one in told)
    note = (
        f"{counted(totals.unlike, 'pair')} of interactions with times of unlike grades, or of one side only, {'is' if totals.unlike == 1 else 'are'} not in these figures."
        if totals.unlike and rows
        else ""
    )
    return Table("Figures", "figure", ("", "A, added up", "B, added up", "B compared with A, in pairs"), rows, note)


def _figure(one: Figure) -> tuple[Line, Line, Line]:
    return (f"{one.label} {MARKS[one.grade]}",), (_amount(one.left),), (_amount(one.right),)


def _amount(measure: Measure | None) -> str:
    if measure is None:
        return ""
    certain, guess = range_and_guess(measure)
    return f"{certain} ({guess})" if guess else certain


def _relations(one: Figure) -> str:
    return ", ".join(
        f"{count:,} {relation}" for relation, count in sorted(one.relations.items(), key=lambda item: -item[1])
    )


def _file(file: FileChange, shared: Collection[Alike]) -> FileDetails:
    aspects = {aspect for one in file.interactions for aspect in one.aspects}
    name: Line = (Recorded(file.left), " → ", Recorded(file.right)) if file.is_renamed else (Recorded(file.right),)
    title = (*name, ": ", listed([aspect for aspect in ASPECTS if aspect in aspects]))
    times = Counter(piece.alike for one in file.interactions for piece in pieces_of(one) if piece.lines is None)
    told = set(shared)
    details: list[Detail] = []
    shown = hidden = 0
    for one in file.interactions:
        own = [piece for piece in pieces_of(one) if not _is_told(piece, told)]
        if not own and one.left is not None and one.right is not None:
            continue
        if shown == _MAX_INTERACTIONS:
            hidden += 1
            continue
        shown += 1
        details += _interaction(one, own, times)
        told |= times.keys() & {piece.alike for piece in own}
    if hidden:
        details.append(Detail((f"{counted(hidden, 'more interaction')} changed.",), is_heading=True))
    return FileDetails(title, tuple(details))


def _is_told(piece: Piece, told: Collection[Alike]) -> bool:
    # A digest tells that the lines are the same in all of them.
    return piece.alike in told and (piece.lines is None or bool(piece.alike.digest))


def _interaction(one: InteractionChange, own: Sequence[Piece], times: Mapping[Alike, int]) -> Iterator[Detail]:
    name: Line = (": ", Recorded(one.name)) if one.name else ()
    if one.left is None or one.right is None:
        place, side = (one.right, "B") if one.left is None else (one.left, "A")
        yield Detail((f"Interaction {place} only in {side}", *name), is_heading=True)
        return
    places = f"{one.left}" if one.left == one.right else f"{one.left} of A and {one.right} of B"
    yield Detail((f"Interaction {places}", *name), is_heading=True)
    usage = [piece.alike for piece in own if piece.alike.aspect == "usage"]
    others = [piece for piece in own if piece.alike.aspect != "usage"]
    answer = "answer, after its request changed: " if "request" in one.aspects else "answer: "
    for piece in others[:_MAX_PIECES]:
        lead = "request: " if piece in one.causes else answer
        again = f" (in {times[piece.alike]:,} interactions)" if times[piece.alike] > 1 else ""
        yield Detail((lead, *_subject(piece), *_values(piece), again), piece.lines)
    if len(others) > _MAX_PIECES:
        yield Detail((f"{counted(len(others) - _MAX_PIECES, 'more change')}.",))
    if usage:
        counts = (f"{alike.title} {alike.left or NOTHING} → {alike.right or NOTHING}" for alike in usage)
        yield Detail((f"tokens: {'; '.join(counts)}",))


def _values(piece: Piece) -> Line:
    if piece.lines is not None:
        return ()
    left, right = ((Recorded(text) if text else NOTHING) for text in (piece.alike.left, piece.alike.right))
    return ": ", left, " → ", right
