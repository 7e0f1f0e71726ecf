"""What the report of a failing test says of its cassettes, in at most 30 lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from viewer.testing.files import CassetteFile, Numbering, numbering, open_file
from viewer.testing.refusals import refusal_lines
from viewer.testing.secrets import Secrets
from viewer.testing.stories import story_lines
from viewer.testing.uses import Refusal, UsedCassette
from viewer.testing.watching import Uses
from viewer.text.words import counted
from viewer.types.http import Request

MAX_LINES = 30
_MAX_REFUSALS = 2
_MAX_CASSETTES = 5
# A heading, one call and one problem.
_MIN_LINES = 3


@dataclass(frozen=True, slots=True)
class _Read:
    """A used cassette with its files."""

    used: UsedCassette
    files: Sequence[CassetteFile] = field(repr=False)
    numbers: Numbering = field(repr=False)


@dataclass(slots=True)
class _Asked:
    """Equal requests that were refused."""

    refusal: Refusal
    request: Request
    read: _Read
    count: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """What a report says."""

    lines: list[str]
    """At most `max_lines`."""
    files: list[CassetteFile] = field(repr=False)
    """The files that the test used, as recorded."""


def used_cassettes(uses: Uses) -> dict[tuple[str, ...], UsedCassette]:
    """Return the cassettes of a test by their files. One that was opened several times counts once."""
    cassettes: dict[tuple[str, ...], UsedCassette] = {}
    for opened in uses.opened:
        one = opened.recorder.read(opened)
        known = cassettes.get(one.paths)
        cassettes[one.paths] = known.also(one) if known else one
    return cassettes


def section(uses: Uses, root: str, max_lines: int = MAX_LINES) -> Section:
    """Return what to say of the cassettes of a test: first what was refused, then what each cassette holds.

    Raises:
        CassetteError: a secret would be left in it.
    """
    reads = {paths: _read(used, root) for paths, used in used_cassettes(uses).items()}
    asked = _asked(uses, reads)
    secrets = Secrets()
    secrets.learn(
        [*(one.request for one in asked), *(request for one in reads.values() for request in one.used.requests)]
    )
    files = [(one, place) for one in reads.values() for place in range(len(one.files))]
    lines = list(_refused(asked, secrets))
    left = max_lines - len(lines)
    shown = min(len(files), _MAX_CASSETTES, max(left // _MIN_LINES, 1))
    rest = len(files) - shown
    left -= bool(rest)
    cassettes = [one.files[place].cassette for one, place in files[:shown]]
    # All are redacted before one is told, because a secret of one may stand in another.
    clean = [cassette and secrets.redacted(cassette) for cassette in cassettes]
    for number, ((one, place), cassette) in enumerate(zip(files, clean, strict=False)):
        told = story_lines(one.files[place], cassette, one.numbers.used[place], one.used, left // (shown - number))
        left -= len(told)
        lines += told
    if rest:
        lines.append(f"and {counted(rest, 'more cassette')}")
    lines = [secrets.redact(line) for line in lines[:max_lines]]
    secrets.check("\n".join(lines))
    return Section(lines, [one.files[place] for one, place in files])


def _read(used: UsedCassette, root: str) -> _Read:
    files = [open_file(path, root) for path in used.paths]
    return _Read(used, files, numbering(used, files))


def _asked(uses: Uses, reads: dict[tuple[str, ...], _Read]) -> list[_Asked]:
    """Return the requests that were refused. Equal ones, such as the retries of a client, count once."""
    asked: list[_Asked] = []
    paths = {id(opened): opened.recorder.read(opened).paths for opened in uses.opened}
    for refusal in uses.refusals:
        opened = refusal.opened
        request = opened.recorder.read_request(opened.cassette, refusal.request)
        read = reads[paths[id(opened)]]
        same = next((one for one in asked if one.read is read and _is_same(one.request, request)), None)
        if same:
            same.count += 1
        else:
            asked.append(_Asked(refusal, request, read))
    return asked


def _is_same(one: Request, other: Request) -> bool:
    # Clients count their retries in a header.
    return (one.method, one.url, one.body) == (other.method, other.url, other.body)


def _refused(asked: Sequence[_Asked], secrets: Secrets) -> Iterator[str]:
    for one in asked[:_MAX_REFUSALS]:
        yield from refusal_lines(one.refusal, one.request, one.count, one.read.used, one.read.numbers, secrets)
    if (more := len(asked) - _MAX_REFUSALS) > 0:
        yield f"{counted(more, 'more request')} {'was' if more == 1 else 'were'} not answered."
