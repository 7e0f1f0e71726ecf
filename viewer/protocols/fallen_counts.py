"""Token counts that fall to 0 in a later usage object, as relays send them for counts that they do not know."""

from collections.abc import Iterable, Mapping
from typing import Any

from viewer.text.json import is_number
from viewer.types.problems import Problem

_ADVICE = "The later count is shown, as in the SDK. A relay may have filled in 0 for a count that it does not know."


def fallen_count(
    event: int, offset: int, before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str]
) -> list[Problem]:
    """Return a problem with the first of the named counts that is 0 in a later usage object and was not before."""
    for name in names:
        earlier = before.get(name)
        if after.get(name) == 0 and is_number(earlier) and earlier > 0:
            return [Problem("warning", f"Event {event} lowers {name} from {earlier:,} to 0.", _ADVICE, offset=offset)]
    return []
