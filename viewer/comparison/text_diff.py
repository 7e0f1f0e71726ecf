"""Where two texts differ: by lines, within changed lines by sentences, and within changed sentences by words.

The time is bounded for any texts. Stretches that would take too long are replaced as a whole, and their characters are counted.
Swapping the texts mirrors the result.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, takewhile
from typing import Literal, NamedTuple

Op = Literal["equal", "insert", "delete", "replace"]

# The budget of one diff. It keeps the hardest texts of the tests, of 100,000 words, below five seconds.
_MAX_STEPS = 3_000_000
# A cell is a pair of items, one from each side. Up to this many, `SequenceMatcher` finds the most readable runs; above, anchors
# that occur once in each text divide the work first.
_MAX_CELLS_WITHOUT_ANCHORS = 40_000
# `SequenceMatcher` takes time in proportion to the equal cells. Above this many it is not tried.
_MAX_EQUAL_CELLS = 400_000
# The words that make up one anchor if no single word occurs once: in running text, hardly any eight words occur twice.
_ANCHOR_WORDS = 8
# Passages that share less than this have only such words in common as occur in any text.
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


class Match(NamedTuple):
    """A run of items that both sequences have in common."""

    left: int
    right: int
    length: int


def diff_text(left: str, right: str) -> TextDiff:
    """Return how the left text becomes the right one."""
    if left == right:
        return TextDiff((Segment("equal", left, right),) if left else ())
    if (len(left), left) > (len(right), right):
        diff = diff_text(right, left)
        return TextDiff(tuple(map(_mirrored, diff.segments)), diff.coarse_characters)
    work = _Work()
    _refine(left, right, (_LINE.findall, _sentences, _WORD.findall), work)
    return TextDiff(tuple(_segments(_without_spaces_between(work.stretches))), work.coarse_characters)


def align(left: Sequence[str], right: Sequence[str]) -> list[Match]:
    """Return the runs that two sequences have in common, in order. Swapping the sequences mirrors the result."""
    if (len(left), left) > (len(right), right):
        return [Match(match.right, match.left, match.length) for match in align(right, left)]
    return _align(left, right, _Work())[0]


def gaps(matches: Sequence[Match], left: int, right: int) -> Iterator[tuple[range, range]]:
    """Yield the ranges between the common runs of two sequences. `left` and `right` are the lengths of the sequences."""
    left_end = right_end = 0
    for match in (*matches, Match(left, right, 0)):
        if match.left > left_end or match.right > right_end:
            yield range(left_end, match.left), range(right_end, match.right)
        left_end, right_end = match.left + match.length, match.right + match.length


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

    def __init__(self) -> None:
        self.steps = _MAX_STEPS
        self.stretches: list[_Stretch] = []
        self.coarse_characters = 0

    def may_take(self, steps: int) -> bool:
        """Take steps from the budget. Return False and take none if too few are left."""
        if steps > self.steps:
            return False
        self.steps -= steps
        return True


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.findall(text) if sentence]


def _refine(left: str, right: str, levels: tuple[_Split, ...], work: _Work) -> None:
    """Add the stretches of two texts, divided by the first level, and where they differ by the next one."""
    if not left or not right or not levels:
        work.stretches.append(_Stretch(left, right, is_equal=False))
        return
    split, *finer = levels
    a, b = split(left), split(right)
    matches, coarse = _align(a, b, work)
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


_Ranges = list[tuple[range, range]]


def _align(a: Sequence[str], b: Sequence[str], work: _Work) -> tuple[list[Match], _Ranges]:
    """Return the runs in common, and the ranges that were not compared because that would take too long."""
    matches: list[Match] = []
    coarse: _Ranges = []
    todo = [(0, len(a), 0, len(b))]
    while todo:
        a_low, a_high, b_low, b_high = todo.pop()
        head = sum(1 for _ in takewhile(_is_pair_equal, zip(a[a_low:a_high], b[b_low:b_high], strict=False)))
        ends = zip(a[a_low + head : a_high][::-1], b[b_low + head : b_high][::-1], strict=False)
        tail = sum(1 for _ in takewhile(_is_pair_equal, ends))
        matches += [Match(a_low, b_low, head)] if head else []
        matches += [Match(a_high - tail, b_high - tail, tail)] if tail else []
        a_low, a_high, b_low, b_high = a_low + head, a_high - tail, b_low + head, b_high - tail
        if a_low == a_high or b_low == b_high:
            continue
        left, right = a[a_low:a_high], b[b_low:b_high]
        if not work.may_take(len(left) + len(right)):
            coarse.append((range(a_low, a_high), range(b_low, b_high)))
            continue
        is_small = len(left) * len(right) <= _MAX_CELLS_WITHOUT_ANCHORS
        anchors = [] if is_small else _anchors(left, right) or _anchors(_runs(left), _runs(right))
        cells = 0 if anchors else _equal_cells(left, right)
        if anchors:
            marks = [(-1, -1), *anchors, (len(left), len(right))]
            matches += [Match(a_low + one, b_low + other, 1) for one, other in anchors]
            todo += [
                (a_low + one + 1, a_low + next_one, b_low + other + 1, b_low + next_other)
                for (one, other), (next_one, next_other) in pairwise(marks)
            ]
        elif not cells:
            continue
        elif cells <= _MAX_EQUAL_CELLS and work.may_take(4 * cells):
            found = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
            matches += [Match(a_low + run.a, b_low + run.b, run.size) for run in found if run.size]
        else:
            coarse.append((range(a_low, a_high), range(b_low, b_high)))
    return sorted(matches), coarse


def _is_pair_equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _equal_cells(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many pairs of items are equal."""
    counted = Counter(right)
    return sum(counted[item] for item in left)


def _runs(items: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the run of `_ANCHOR_WORDS` items that begins at each item. Common words make up runs that occur once."""
    return list(zip(*(items[begin:] for begin in range(_ANCHOR_WORDS)), strict=False))


def _anchors(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the longest list of items that occur once in each sequence and keep their order (patience diff)."""
    left_counts, right_counts = Counter(left), Counter(right)
    place_in_right = {item: place for place, item in enumerate(right) if right_counts[item] == 1}
    pairs = [
        (place, place_in_right[item])
        for place, item in enumerate(left)
        if left_counts[item] == 1 and item in place_in_right
    ]
    tops: list[int] = []
    top_pairs: list[int] = []
    before: list[int] = []
    for index, (_, other) in enumerate(pairs):
        pile = bisect_left(tops, other)
        before.append(top_pairs[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [other]
        top_pairs[pile : pile + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = top_pairs[-1] if top_pairs else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]
