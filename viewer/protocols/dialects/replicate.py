"""Replicate's streamed predictions: https://replicate.com/docs/topics/predictions/streaming.

The data of an event is text, not JSON, and may have several lines. The output is the texts of all `output` events, joined
unchanged.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.provider import host_of
from viewer.protocols.reading import ENCODING_ADVICE, Reading, events_after_end, invalid_utf_8
from viewer.text.json import as_text, is_utf_8, mapping, parse
from viewer.types.chunk_table import CONTENT, FINISH, KEEP_ALIVE, OTHER, SILENT
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "replicate"
ABOUT = About(
    PROTOCOL,
    "Replicate",
    "https://replicate.com/docs/topics/predictions/streaming",
    "streamed predictions, as text",
)

_HOSTS = (".replicate.com", ".replicate.net")
_NAMES = frozenset({"output", "logs", "error", "done"})
_FILE = re.compile(r"data:[\w.+-]{1,64}/[\w.+-]{1,64};base64,")


def recognise(sample: Sample) -> int:
    """Look for text outputs in a stream that has only Replicate's events. Its host makes it certain."""
    if not sample.names or not _NAMES.issuperset(sample.names):
        return 0
    if host_of(sample.url).endswith(_HOSTS):
        return 90
    objects = len(sample.objects)
    return 70 if objects < sample.names.count("output") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Clients stop at `done`."""
    reading.damaged = frozenset(index for index, _ in events.damage)
    stream = _Stream(events, reading)
    for event, data in enumerate(events.data):
        stream.add(event, data)
    if after := stream.after_done:
        message = events_after_end(len(after), "`done`", "client")
        stream.report(after[0], message, "Shown as rows of kind other.")


@dataclass(slots=True)
class _Stream:
    """A stream that ends with `done`."""

    events: Events
    reading: Reading
    after_done: list[int] = field(default_factory=list)

    def add(self, event: int, data: bytes | None) -> None:
        """Add the row of one event."""
        reading, name = self.reading, self.events.name[event]
        if data is None:
            reading.add(event, KEEP_ALIVE)
            return
        text = data.decode(errors="replace")
        if not is_utf_8(data):
            self.report(event, invalid_utf_8(event), ENCODING_ADVICE)
        if reading.ended:
            self.after_done.append(event)
            reading.add(event, OTHER, text)
        elif event in reading.damaged:
            reading.add(event, OTHER, text)
        elif name == "output":
            # An image model outputs a file as a data URL, which is not text.
            reading.add(event, OTHER if _FILE.match(text) else CONTENT if text else SILENT, text)
        elif name == "error":
            detail = mapping(_parse(data)).get("detail")
            self._fail(event, detail if detail and isinstance(detail, str) else text)
        elif name == "done":
            self._finish(event, mapping(_parse(data)).get("reason"))
        else:
            reading.add(event, OTHER, text)

    def _fail(self, event: int, message: str) -> None:
        self.reading.add_error(event, StreamError(message))

    def _finish(self, event: int, reason: Any) -> None:
        """Add the finish. A reason is sent only if the prediction did not succeed."""
        self.reading.ended = True
        if reason:
            self.reading.finish_reasons[0] = as_text(reason)
        if reason == "error" and self.reading.error is None:
            self._fail(event, "The prediction failed.")
        self.reading.add(event, FINISH)

    def report(self, event: int, message: str, advice: str) -> None:
        """Report a problem with an event."""
        self.reading.problems.append(Problem("warning", message, advice, offset=int(self.events.offset[event])))


def _parse(data: bytes) -> Any:
    try:
        return parse(data)
    except ValueError:
        return None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. The API reports no usage."""
    return Usage(reported=reported)
