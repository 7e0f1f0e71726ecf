"""The rule `drift`: events have other fields than those of older recordings in a second folder."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from viewer.checks.recording import Recording
from viewer.checks.rule import Option, Options, Rule
from viewer.checks.violation import Violation
from viewer.comparison.schema_drift import FieldDrift, Shape, drift_between, event_shape
from viewer.comparison.side import side
from viewer.files.entries import Member
from viewer.files.folders import members
from viewer.streams.cassette import Cassette
from viewer.streams.loading import open_recording
from viewer.text.safe import shortened
from viewer.text.words import counted, listed
from viewer.types.problems import CassetteError

RULE = Rule(
    "drift",
    "warn",
    "The events of a model have other fields, or fields of other types, than in the recordings that they are compared with.",
    "The provider changed its schema. Code that was tested only with the older recordings may not read the answers of today.",
    (
        Option(
            "against",
            "",
            "a folder of older recordings whose schema is expected, relative to where the command runs; nothing is compared without it",
        ),
    ),
)
_NULL = "null"
_MAX_NAME_LENGTH = 120


class Made(NamedTuple):
    """What made the events whose fields are compared with each other."""

    protocol: str
    provider: str | None
    """A gateway or a cloud adds fields of its own to the events of the same model."""
    model: str


class Shapes(NamedTuple):
    """The fields of the events in one recording."""

    file: str
    by_maker: Mapping[Made, Shape]


class _Sides(NamedTuple):
    expected: Shape
    recordings: list[Shapes]


def facts(recording: Recording, options: Options) -> Shapes | None:
    """Return the fields of the events; None if there are none, or there is nothing to compare them with."""
    if not options["against"]:
        return None
    by_maker = _shapes_of(recording.cassette)
    return Shapes(recording.file, by_maker) if by_maker else None


def check_all(recordings: Sequence[Shapes], options: Options) -> Iterator[Violation]:
    """Yield a violation for each field that differs, at the first recording that shows it.

    Raises:
        CassetteError: the folder to compare with is not there.
    """
    against = str(options["against"])
    if not recordings:
        return
    expected = _expected(against)
    by_maker: defaultdict[Made, list[Shapes]] = defaultdict(list)
    for one in recordings:
        for made in one.by_maker:
            if made in expected:
                by_maker[made].append(one)
    for made, of_maker in by_maker.items():
        yield from _drift_of(made, _Sides(expected[made], of_maker), against)


def _drift_of(made: Made, sides: _Sides, against: str) -> Iterator[Violation]:
    folder = f"{against.rstrip('/')}/"
    files: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], tuple[str, FieldDrift]] = {}
    for recording in sides.recordings:
        for drift in drift_between("event", sides.expected, recording.by_maker[made]):
            if _is_of_schema(drift):
                key: tuple[str, str, str] = (drift.event, drift.path, drift.what)
                files[key] += 1
                first.setdefault(key, (recording.file, drift))
    for key, (file, drift) in first.items():
        yield RULE.violation(
            file,
            f"{_what(drift)} in the events of {shortened(made.model, _MAX_NAME_LENGTH)} ({made.protocol}), compared with"
            f" {folder}: in {files[key]:,} of {counted(len(sides.recordings), 'file')}.",
            f"Test that your code reads such events, then record {folder} again.",
            key="\0".join((made.protocol, made.provider or "", made.model, *key)),
        )


def _is_of_schema(drift: FieldDrift) -> bool:
    """Tell whether a difference is one of the schema. A field that only some objects have, or that may be null, does not count."""
    if drift.is_of_other_objects:
        return False
    if drift.what == "removed":
        return bool(drift.left_objects) and sum(drift.left.values()) >= drift.left_objects
    if drift.what == "changed type":
        left, right = drift.left.keys() - {_NULL}, drift.right.keys() - {_NULL}
        return bool(left) and not right <= left
    return True


def _what(drift: FieldDrift) -> str:
    event, path = (shortened(one, _MAX_NAME_LENGTH) for one in (drift.event, drift.path))
    if path:
        name = f"“{path}”" + (f" of “{event}”" if event else "")
    else:
        name = f"The event “{event}”" if event else "The event"
    if drift.what == "added":
        return f"{name} ({listed(sorted(drift.right))}) is new"
    if drift.what == "removed":
        return f"{name} is missing"
    return f"{name} changed its type from {listed(sorted(drift.left))} to {listed(sorted(drift.right))}"


def _expected(folder: str) -> dict[Made, Shape]:
    if not Path(folder).is_dir():
        raise CassetteError(folder, "is not a folder, so nothing can be compared with it.", "Set `drift.against`.")
    expected: dict[Made, Shape] = {}
    for member in members(folder):
        if not isinstance(member, Member):
            continue
        try:
            content = member.read()
            cassette = open_recording(content.data, member.name, content.beside)
        except CassetteError:
            # What is not a recording has no schema.
            continue
        for made, shape in _shapes_of(cassette).items():
            expected.setdefault(made, Shape()).merge(shape)
    return expected


def _shapes_of(cassette: Cassette) -> dict[Made, Shape]:
    shapes: dict[Made, Shape] = {}
    for stream in cassette.streams:
        if stream.model and stream.protocol != "generic":
            made = Made(stream.protocol, stream.provider, stream.model)
            shapes.setdefault(made, Shape()).merge(event_shape(side(cassette, stream.interaction)))
    return shapes
