"""What changed in JSON data, in a short form that `delta.js` applies. A tape that grows mostly gets longer lists.

A change is a JSON object with one key:

- `v`: the new value
- `o`: for an object, the change of each member that changed, and of each that is new; `x` beside it names the members that are gone
- `a`: for a list, how many of its first elements stay, the changes of some of them by index, and the elements that follow
"""

from typing import Any

Change = dict[str, Any]


def change_between(before: Any, after: Any) -> Change | None:
    """Return what turns one value into another; None if they are equal."""
    if before is after or before == after:
        return None
    if isinstance(before, dict) and isinstance(after, dict):
        return _of_objects(before, after)
    if isinstance(before, list) and isinstance(after, list):
        return _of_lists(before, after)
    return {"v": after}


def _of_objects(before: dict[str, Any], after: dict[str, Any]) -> Change:
    members = {}
    for name, value in after.items():
        change = change_between(before[name], value) if name in before else {"v": value}
        if change is not None:
            members[name] = change
    gone = [name for name in before if name not in after]
    return {"o": members, **({"x": gone} if gone else {})}


def _of_lists(before: list[Any], after: list[Any]) -> Change:
    shared = min(len(before), len(after))
    if before[:shared] == after[:shared]:
        return {"a": [shared, [], after[shared:]]}
    changes: list[list[Any]] = []
    for index in range(shared):
        one, other = before[index], after[index]
        if one == other:
            continue
        if not isinstance(other, dict | list) or type(one) is not type(other):
            # Of plain values, hardly one is the same after the first that changed.
            return {"a": [index, changes, after[index:]]}
        changes.append([index, change_between(one, other)])
    return {"a": [shared, changes, after[shared:]]}
