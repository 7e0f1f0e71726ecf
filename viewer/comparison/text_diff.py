"""Where two texts differ: by lines, within changed lines by sentences, and within changed sentences by words.

The time is bounded for any texts. Stretches that would take too long are replaced as a whole, and their characters are counted.
Swapping the texts mirrors the result.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from viewer.comparison.alignment import MAX_STEPS, Budget, Match, align_within

Op = Literal["equal", "insert", "delete", "replace"]

# Passages that share less than this share only words that occur in any text.
_MIN_IN_COMMON = 0.3

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCE = re.compile(r".*?(?:[.!?;]\s+|[。！？；]|\n|$)", re.DOTALL)
# Scripts without spaces are compared by character.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|\s+|[^\w\s]"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that is equal on both sides, or differs. A side is "" if it has nothing there."""

    op: Op
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class TextDiff:
    """How one text becomes another. The left sides of all segments make up the left text, the right sides the right."""

    segments: tuple[Segment, ...]
    coarse_characters: int = 0
    """How many characters of the longer side were replaced as a whole because comparing them would take too long."""

    @property
    def is_same(self) -> bool:
        """Whether the texts are equal."""
        return all(segment.op == "equal" for segment in self.segments)


def diff_text(left: str, right: str, max_steps: int = MAX_STEPS) -> TextDiff:
    """Return how the left text becomes the right one. `max_steps` bounds the time: a million take some two seconds."""
    if left == right:
        return TextDiff((Segment("equal", left, right),) if left else ())
    if (len(left), left) > (len(right), right):
        diff = diff_text(right, left, max_steps)
        return TextDiff(tuple(map(_mirrored, diff.segments)), diff.coarse_characters)
    work = _Work(max_steps)
    _refine(left, right, (_LINE.findall, _sentences, _WORD.findall), work)
    return TextDiff(tuple(_segments(_without_spaces_between(work.stretches))), work.coarse_characters)


def _mirrored(segment: Segment) -> Segment:
    ops: dict[Op, Op] = {"insert": "delete", "delete": "insert"}
    return Segment(ops.get(segment.op, segment.op), segment.right, segment.left)


class _Stretch(NamedTuple):
    left: str
    right: str
    is_equal: bool


_Split = Callable[[str], list[str]]


class _Work:
    """The stretches found so far, and the rest of the budget."""

    def __init__(self, max_steps: int) -> None:
        self.budget = Budget(max_steps)
        self.stretches: list[_Stretch] = []
        self.coarse_characters = 0


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.findall(text) if sentence]


def _refine(left: str, right: str, levels: tuple[_Split, ...], work: _Work) -> None:
    """Add the stretches of two texts, divided by the first level, and where they differ by the next one."""
    if not left or not right or not levels:
        work.stretches.append(_Stretch(left, right, is_equal=False))
        return
    split, *finer = levels
    a, b = split(left), split(right)
    matches, coarse = align_within(a, b, work.budget)
    if not finer:
        work.coarse_characters += max(
            sum(len(a[place]) for one, _ in coarse for place in one),
            sum(len(b[place]) for _, other in coarse for place in other),
        )
        if not coarse and _in_common(a, matches) < _MIN_IN_COMMON * max(len(left), len(right)):
            work.stretches.append(_Stretch(left, right, is_equal=False))
            return
    a_end = b_end = 0
    for match in (*matches, Match(len(a), len(b), 0)):
        if match.left > a_end or match.right > b_end:
            _refine("".join(a[a_end : match.left]), "".join(b[b_end : match.right]), tuple(finer), work)
        a_end, b_end = match.left + match.length, match.right + match.length
        same = "".join(a[match.left : a_end])
        if same:
            work.stretches.append(_Stretch(same, same, is_equal=True))


def _in_common(a: list[str], matches: list[Match]) -> int:
    return sum(len(word) for match in matches for word in a[match.left : match.left + match.length])


def _without_spaces_between(stretches: list[_Stretch]) -> Iterator[_Stretch]:
    """Count a single equal space between two changes as changed: two changed words in a row read as one change."""
    for place, stretch in enumerate(stretches):
        between = 0 < place < len(stretches) - 1 and not (
            stretches[place - 1].is_equal or stretches[place + 1].is_equal
        )
        is_space = stretch.is_equal and stretch.left.isspace() and "\n" not in stretch.left
        yield stretch._replace(is_equal=False) if between and is_space else stretch


def _segments(stretches: Iterator[_Stretch]) -> Iterator[Segment]:
    """Join neighbouring stretches that are all equal or all changed into one segment."""
    run: list[_Stretch] = []
    for stretch in stretches:
        if run and run[0].is_equal != stretch.is_equal:
            yield _segment(run)
            run = []
        run.append(stretch)
    if run:
        yield _segment(run)


def _segment(run: list[_Stretch]) -> Segment:
    left, right = "".join(stretch.left for stretch in run), "".join(stretch.right for stretch in run)
    if run[0].is_equal:
        return Segment("equal", left, right)
    return Segment("replace" if left and right else "delete" if left else "insert", left, right)
