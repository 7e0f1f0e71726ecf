"""The items that two sequences have in common, in order: lines, sentences or words of texts, or whole requests and messages.

`difflib` takes time in proportion to the pairs of equal items, far too much for long texts. So anchors that occur once in each
sequence divide the work first (patience diff), and a budget bounds it. Stretches beyond the budget are left unmatched.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise, takewhile
from typing import NamedTuple

# The budget of one diff. It keeps the hardest texts of the tests, of 100,000 words, below five seconds.
MAX_STEPS = 3_000_000
# A cell is a pair of items, one from each side. Up to this many, `SequenceMatcher` finds the most readable runs; above, anchors
# that occur once in each text divide the work first.
_MAX_CELLS_WITHOUT_ANCHORS = 40_000
# `SequenceMatcher` takes time in proportion to the equal cells. Above this many it is not tried.
_MAX_EQUAL_CELLS = 400_000
# The words that make up one anchor if no single word occurs once: in running text, hardly any eight words occur twice.
_ANCHOR_WORDS = 8


class Match(NamedTuple):
    """A run of items that both sequences have in common."""

    left: int
    right: int
    length: int


class Budget:
    """The steps that may still be taken."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps

    def may_take(self, steps: int) -> bool:
        """Take steps from the budget. Return False and take none if too few are left."""
        if steps > self.steps:
            return False
        self.steps -= steps
        return True


def align(left: Sequence[str], right: Sequence[str]) -> list[Match]:
    """Return the runs that two sequences have in common, in order. Swapping the sequences mirrors the result."""
    if (len(left), left) > (len(right), right):
        return [Match(match.right, match.left, match.length) for match in align(right, left)]
    return align_within(left, right, Budget()).matches


def gaps(matches: Sequence[Match], left: int, right: int) -> Iterator[tuple[range, range]]:
    """Yield the ranges between the common runs of two sequences. `left` and `right` are the lengths of the sequences."""
    left_end = right_end = 0
    for match in (*matches, Match(left, right, 0)):
        if match.left > left_end or match.right > right_end:
            yield range(left_end, match.left), range(right_end, match.right)
        left_end, right_end = match.left + match.length, match.right + match.length


class Alignment(NamedTuple):
    """The runs in common, and the ranges that were not compared because that would take too long."""

    matches: list[Match]
    coarse: list[tuple[range, range]]


def align_within(a: Sequence[str], b: Sequence[str], budget: Budget) -> Alignment:
    """Return the runs in common as far as the budget allows. The shorter sequence must come first to mirror when swapped."""
    matches: list[Match] = []
    coarse: list[tuple[range, range]] = []
    todo = [(0, len(a), 0, len(b))]
    while todo:
        a_low, a_high, b_low, b_high = todo.pop()
        head, tail = _common_ends(a[a_low:a_high], b[b_low:b_high])
        matches += [Match(a_low, b_low, head)] if head else []
        matches += [Match(a_high - tail, b_high - tail, tail)] if tail else []
        a_low, a_high, b_low, b_high = a_low + head, a_high - tail, b_low + head, b_high - tail
        if a_low == a_high or b_low == b_high:
            continue
        left, right = a[a_low:a_high], b[b_low:b_high]
        if not budget.may_take(len(left) + len(right)):
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
        elif cells and cells <= _MAX_EQUAL_CELLS and budget.may_take(4 * cells):
            runs = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
            matches += [Match(a_low + run.a, b_low + run.b, run.size) for run in runs if run.size]
        elif cells:
            coarse.append((range(a_low, a_high), range(b_low, b_high)))
    return Alignment(sorted(matches), coarse)


def _common_ends(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """Return how many items at the beginning, and how many of the rest at the end, are equal."""
    head = sum(1 for _ in takewhile(_is_pair_equal, zip(a, b, strict=False)))
    tail = sum(1 for _ in takewhile(_is_pair_equal, zip(a[head:][::-1], b[head:][::-1], strict=False)))
    return head, tail


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
