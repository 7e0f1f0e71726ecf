"""Text in types and fields that a dialect does not know.

Providers add event types, block types and fields at any time. Their text becomes rows of kind other, and each name becomes one
problem, so that nothing vanishes without a word.
"""

import re
from collections.abc import Iterator
from typing import Any

from viewer.protocols.errors import error_in_event
from viewer.protocols.reading import Reading
from viewer.types.chunk_table import OTHER
from viewer.types.problems import Problem
from viewer.wire import Events

_TEXT_NAMES = re.compile(
    "text|delta|content|thinking|reasoning|thought|summary|message|output|input|code|logs|stdout|stderr|transcript|arguments"
    "|refusal|completion|generation|response|answer|partial_json|diff|command|body|markdown|html|caption|analysis|plan|value"
)
"""Fields whose string is text even if it is a single word."""
_LABELS = re.compile(
    "(^|_)(ids?|type|object|role|status|name|model|index|state|phase|format|signature|obfuscation|data|b64|json|bytes|ur[il]"
    "|language|reason|tier|fingerprint|at|time|timestamp)$|(Id|Type|Status|Name|Index|Signature|Data|Ur[il]|Reason|Time)$"
)
"""The names of fields that hold labels, ids and encoded data, even in a delta."""
_ENCODED = re.compile(r"[A-Za-z0-9+/=_.-]{64,}")
"""Encoded data, such as base64, or a token."""
_MAX_NAMES = 20
"""How many names are reported. A hostile stream may have a new one in every event."""
_MAX_NAME_CHARACTERS = 80
_ADVICE = "The viewer does not know it. Its text is kept as rows of kind other, and is not part of the answer."


class UnknownText:
    """The text of what a dialect does not know, and the problems that name it."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._events = events
        self._reading = reading
        self._reported: set[tuple[str, str]] = set()

    def add(self, event: int, what: str, name: str, value: Any, *, choice: int = 0, stamp: float | None = None) -> bool:
        """Add a row with the text in a value, and report its name once. Return False, adding nothing, if it has no text.

        `what` says what the name is the name of, such as "event type" or "delta field".
        """
        if error_in_event(self._events.name[event], self._events.data[event]):
            # `Reading` makes the error of the stream of it.
            return False
        text = "\n".join(texts_in(value))
        if not text:
            return False
        self._reading.add(event, OTHER, text, choice=choice, stamp=stamp)
        if (what, name) not in self._reported and len(self._reported) < _MAX_NAMES:
            self._reported.add((what, name))
            message = f"Event {event} has text in an unknown {what}, {name[:_MAX_NAME_CHARACTERS]!r}."
            offset = int(self._events.offset[event])
            self._reading.problems.append(Problem("warning", message, _ADVICE, offset=offset))
        return True


def texts_in(value: Any) -> Iterator[str]:
    """Yield the strings in a JSON value that are text, in order.

    A string by itself is text, and so are the strings of a `delta`, except labels. Elsewhere a string is text if its field
    usually holds text or if it has spaces, as ids, enum values and encoded data do not.
    """
    waiting: list[tuple[str, Any, bool]] = [("text", value, False)]
    while waiting:
        name, held, in_delta = waiting.pop()
        if isinstance(held, dict):
            inside = in_delta or name == "delta"
            waiting += [(str(key), each, inside) for key, each in reversed(list(held.items()))]
        elif isinstance(held, list):
            waiting += [(name, each, in_delta) for each in reversed(held)]
        elif isinstance(held, str) and is_text(name, held, in_delta=in_delta):
            yield held


def is_text(name: str, value: str, *, in_delta: bool = False) -> bool:
    """Tell whether the string of a field is text: by its name, or because it has spaces."""
    if not value or _ENCODED.fullmatch(value):
        return False
    if _TEXT_NAMES.fullmatch(name) or (in_delta and not _LABELS.search(name)):
        return True
    return any(map(str.isspace, value)) and any(map(str.isalpha, value))
