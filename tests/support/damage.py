"""Damage to a recorded file, in the ways that the tests of every recorder try: odd types, deep nesting, a missing end."""

import copy
import json
from itertools import islice

from tests.support.fuzzing import use

ODD_VALUES = (None, 5, -1, 1e308, True, "x", "", [], [5], [[1, 2]], {}, {"a": 1}, "DEEP")
DEEP = "[" * 1000 + "]" * 1000


def places(tree, *, below=()):
    """Yield the path to every value of a tree, from the outermost to the innermost."""
    if below:
        yield below
    if isinstance(tree, dict | list):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield from places(tree[key], below=(*below, key))


def replaced(tree, place, value):
    """Return a copy of a tree with another value at a place."""
    changed = copy.deepcopy(tree)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return changed


def write(tree):
    """Write JSON, in which the text "DEEP" becomes a value that is nested too deeply for most parsers."""
    return json.dumps(tree, ensure_ascii=False).replace('"DEEP"', DEEP).encode()


def with_odd_values(tree):
    """Yield a place and the tree with an odd value there, for every place and every odd value."""
    for place in places(tree):
        for value in ODD_VALUES:
            yield place, replaced(tree, place, value)


def use_damaged(tree, write_file=write):
    """Do everything that hosts do with a file that has odd values or ends early, in as many places as take little time."""
    # Seven and the number of odd values have no common divisor, so every value is met.
    for _, changed in islice(with_odd_values(tree), 0, None, 7):
        use(write_file(changed))
    whole = write_file(tree)
    for cut in range(0, len(whole), 1 + len(whole) // 20):
        use(whole[:cut])
