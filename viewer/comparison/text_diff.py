"""Where two texts differ: by lines, inside changed lines by sentences, and inside those by words.

The time is bounded whatever the texts are: what a budget of steps does not suffice for is replaced as a whole, and counted.
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

_MOST_STEPS = 3_000_000
# Up to here the longest common run reads best; above, runs between what stands in both texts once.
_SMALL_CELLS = 40_000
_LARGE_CELLS = 400_000
_RUN = 8
# Two passages that share less than this share only words that stand in any text.
_LEAST_IN_COMMON = 0.3

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCE = re.compile(r".*?(?:[.!?;]\s+|[。！？；]|\n|$)", re.DOTALL)
# Scripts that are written without spaces are compared by the character.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|\s+|[^\w\s]"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold a run of text that is the same on both sides, or differs; "" where a side has nothing."""

    op: Op
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Hold how one text becomes another: the segments' sides, joined, are the two texts."""

    segments: tuple[Segment, ...]
    coarse_characters: int = 0
    """How many characters of either side were too much to be compared word for word; they stand in whole replacements."""

    @property
    def is_same(self) -> bool:
        """Whether the texts are equal."""
        return all(segment.op == "equal" for segment in self.segments)


class Match(NamedTuple):
    """A run of items that both sequences hold."""

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
    return TextDiff(tuple(_segments(_without_spaces_between(work.parts))), work.coarse_characters)


def align(left: Sequence[str], right: Sequence[str]) -> list[Match]:
    """Return the runs that two sequences have in common, in order; swapping the sequences mirrors them."""
    if (len(left), left) > (len(right), right):
        return [Match(match.right, match.left, match.length) for match in align(right, left)]
    return _align(left, right, _Work())[0]


def gaps(matches: Sequence[Match], left: int, right: int) -> Iterator[tuple[range, range]]:
    """Yield what lies between the runs that two sequences of these lengths have in common."""
    left_end = right_end = 0
    for match in (*matches, Match(left, right, 0)):
        if match.left > left_end or match.right > right_end:
            yield range(left_end, match.left), range(right_end, match.right)
        left_end, right_end = match.left + match.length, match.right + match.length


def _mirrored(segment: Segment) -> Segment:
    ops: dict[Op, Op] = {"insert": "delete", "delete": "insert"}
    return Segment(ops.get(segment.op, segment.op), segment.right, segment.left)


class _Part(NamedTuple):
    left: str
    right: str
    is_equal: bool


_Split = Callable[[str], list[str]]


class _Work:
    """Gather parts while the budget lasts."""

    def __init__(self) -> None:
        self.steps = _MOST_STEPS
        self.parts: list[_Part] = []
        self.coarse_characters = 0

    def may_take(self, steps: int) -> bool:
        """Take steps from the budget; where they are not left, take none and say so."""
        if steps > self.steps:
            return False
        self.steps -= steps
        return True


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.findall(text) if sentence]


def _refine(left: str, right: str, levels: tuple[_Split, ...], work: _Work) -> None:
    """Add the parts of two texts, cut by the first level and what differs by the next."""
    if not left or not right or not levels:
        work.parts.append(_Part(left, right, is_equal=False))
        return
    split, *finer = levels
    a, b = split(left), split(right)
    matches, coarse = _align(a, b, work)
    if not finer:
        work.coarse_characters += max(
            sum(len(a[place]) for one, _ in coarse for place in one),
            sum(len(b[place]) for _, other in coarse for place in other),
        )
        if not coarse and _in_common(a, matches) < _LEAST_IN_COMMON * max(len(left), len(right)):
            work.parts.append(_Part(left, right, is_equal=False))
            return
    a_end = b_end = 0
    for match in (*matches, Match(len(a), len(b), 0)):
        if match.left > a_end or match.right > b_end:
            _refine("".join(a[a_end : match.left]), "".join(b[b_end : match.right]), tuple(finer), work)
        a_end, b_end = match.left + match.length, match.right + match.length
        same = "".join(a[match.left : a_end])
        if same:
            work.parts.append(_Part(same, same, is_equal=True))


def _in_common(a: list[str], matches: list[Match]) -> int:
    return sum(len(word) for match in matches for word in a[match.left : match.left + match.length])


def _without_spaces_between(parts: list[_Part]) -> Iterator[_Part]:
    """Yield parts; a lone space that two changes have in common belongs to them, since two words in a row read as one change."""
    for place, part in enumerate(parts):
        between = 0 < place < len(parts) - 1 and not (parts[place - 1].is_equal or parts[place + 1].is_equal)
        is_space = part.is_equal and part.left.isspace() and "\n" not in part.left
        yield part._replace(is_equal=False) if between and is_space else part


def _segments(parts: Iterator[_Part]) -> Iterator[Segment]:
    """Yield one segment for each run of parts that are equal, or are not."""
    run: list[_Part] = []
    for part in parts:
        if run and run[0].is_equal != part.is_equal:
            yield _segment(run)
            run = []
        run.append(part)
    if run:
        yield _segment(run)


def _segment(run: list[_Part]) -> Segment:
    left, right = "".join(part.left for part in run), "".join(part.right for part in run)
    if run[0].is_equal:
        return Segment("equal", left, right)
    return Segment("replace" if left and right else "delete" if left else "insert", left, right)


_Ranges = list[tuple[range, range]]


def _align(a: Sequence[str], b: Sequence[str], work: _Work) -> tuple[list[Match], _Ranges]:
    """Return the runs in common, and the stretches for which the budget did not suffice."""
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
        is_small = len(left) * len(right) <= _SMALL_CELLS
        anchors = [] if is_small else _anchors(left, right) or _anchors(_runs(left), _runs(right))
        cells = 0 if anchors else _cells(left, right)
        if anchors:
            marks = [(-1, -1), *anchors, (len(left), len(right))]
            matches += [Match(a_low + one, b_low + other, 1) for one, other in anchors]
            todo += [
                (a_low + one + 1, a_low + next_one, b_low + other + 1, b_low + next_other)
                for (one, other), (next_one, next_other) in pairwise(marks)
            ]
        elif not cells:
            continue
        elif cells <= _LARGE_CELLS and work.may_take(4 * cells):
            found = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
            matches += [Match(a_low + run.a, b_low + run.b, run.size) for run in found if run.size]
        else:
            coarse.append((range(a_low, a_high), range(b_low, b_high)))
    return sorted(matches), coarse


def _is_pair_equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _cells(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many pairs of items are equal, by which the search for the longest run takes its time."""
    counted = Counter(right)
    return sum(counted[item] for item in left)


def _runs(items: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the run of a few items that begins at each: words that stand everywhere make runs that stand once."""
    return list(zip(*(items[begin:] for begin in range(_RUN)), strict=False))


def _anchors(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of items that stand once in each, as many as keep their order (patience diff)."""
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
