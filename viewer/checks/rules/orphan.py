"""The rule `orphan`: no test names the cassette."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from viewer.checks.naming import go, python, ruby
from viewer.checks.naming.sources import TooLargeError, is_searched, read_sources, root_of
from viewer.checks.naming.verdict import GENERATED, UNKNOWN, Judgement, Verdict
from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation
from viewer.text.words import counted

RULE = Rule(
    "orphan",
    "warn",
    "No test names the cassette, as far as the sources of the repository tell.",
    "A test was removed or got another name. The cassette that it left is reviewed, searched for secrets and recorded again for nothing.",
)
_LANGUAGES = {"vcrpy": python, "go-vcr": go, "ruby-vcr": ruby}


class Placed(NamedTuple):
    """Where a cassette is, and which recorder wrote it."""

    file: str
    format: str


def facts(recording: Recording, _options: Options) -> Placed | None:
    """Return where a cassette is; None if it is of a recorder whose names of cassettes are not known, or is not a file on disk."""
    if recording.cassette.format not in _LANGUAGES or not Path(recording.file).is_file():
        return None
    return Placed(recording.file, recording.cassette.format)


def check_all(cassettes: Sequence[Placed], _options: Options) -> Iterator[Violation]:
    """Yield a violation for each cassette that no test names. The first one says how many could not be judged."""
    judge = _Judge()
    judged = [(one, judge(one)) for one in cassettes]
    generated = sum(judgement.verdict is Verdict.GENERATED for _, judgement in judged)
    note = f" {_not_judged(generated)}" if generated else ""
    for one, judgement in judged:
        if judgement.verdict is Verdict.ORPHAN:
            yield RULE.violation(
                one.file,
                f"No test names this cassette: {judgement.why}.{note}",
                "Delete it, or name it in the test that should use it.",
                key="orphan",
            )
            note = ""


def _not_judged(count: int) -> str:
    are = "were" if count > 1 else "was"
    return f"{counted(count, 'other cassette')} {are} not judged, because only a run tells what uses them."


class _Judge:
    """Judges cassettes. The sources of each repository are read once for each language."""

    def __init__(self) -> None:
        self._root_of = cache(lambda folder: root_of(folder / "_"))
        self._indices = cache(self._index)

    def __call__(self, cassette: Placed) -> Judgement:
        path = Path(cassette.file).resolve()
        root = self._root_of(path.parent)
        if root is None:
            return UNKNOWN
        try:
            index = self._indices(root, cassette.format)
        except TooLargeError:
            return GENERATED
        below_root = PurePosixPath(path.relative_to(root).as_posix())
        if not is_searched(below_root):
            return UNKNOWN
        judgement: Judgement = _LANGUAGES[cassette.format].judge(below_root, index)
        return judgement

    def _index(self, root: Path, file_format: str) -> Any:
        language = _LANGUAGES[file_format]
        return language.index(read_sources(root, language.SUFFIX, language.read))
