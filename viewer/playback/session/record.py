"""One request to the server: what was asked, what was sent, and how it ended."""

import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

from viewer.playback.ending import Ending
from viewer.text.safe import shortened, visible_line
from viewer.text.words import counted, seconds, size

_PATH_LENGTH, _MODEL_LENGTH, _NOTE_LENGTH = 80, 40, 300
_PATH_COLUMN = 20

Result = Ending | Literal["refused by a fault", "not answered"]
"""What became of a request."""


@dataclass(frozen=True, slots=True)
class Record:
    """One request and what became of it."""

    number: int
    """Of the requests of this server, counted from 1."""
    started_s: float
    """When the request came, in epoch seconds."""
    took_s: float
    method: str
    path: str
    """Without its parameters and without secrets."""
    status: int | None
    """None if the connection was closed before an answer."""
    ending: Ending = "complete"
    model: str = ""
    cassette: str = ""
    """The recording that answers; "" if none does."""
    interaction: int = 0
    times: str = ""
    """The grade of the times of the answer; "" if nothing of the recording was sent."""
    note: str = ""
    """What is not sure about the answer, or why there is none."""
    fault: str = ""
    is_spoiled: bool = False
    """Whether the fault kept the client from getting what was recorded."""
    retry_after_s: int | None = None
    cut_text: str = field(default="", repr=False)
    """What the model has said in an answer that was cut."""
    sent_events: int = 0
    events: int = 0
    sent_bytes: int = 0
    size_bytes: int = 0
    retry_count: int | None = None
    """Which retry it is by the client's own count (`x-stainless-retry-count`); None if it does not count."""
    key: Hashable = None
    """What equal requests have in common; None if no recording answers."""

    @property
    def ended_s(self) -> float:
        """When the last byte was sent, in epoch seconds."""
        return self.started_s + self.took_s

    @property
    def place(self) -> str:
        """The recording and interaction that answers, as messages call it."""
        return f"{visible_line(self.cassette)}, interaction {self.interaction}"

    @property
    def result(self) -> Result:
        """What became of the request."""
        if not self.cassette:
            return "not answered"
        return self.ending if self.times else "refused by a fault"


def line(record: Record) -> str:
    """Write one request as a line for a terminal."""
    clock = time.strftime("%H:%M:%S", time.localtime(record.started_s))
    path = shortened(visible_line(record.path), _PATH_LENGTH)
    model = f"  {shortened(visible_line(record.model), _MODEL_LENGTH)}" if record.model else ""
    asked = f"{clock}  {visible_line(record.method):<4} {path:<{_PATH_COLUMN}}  {record.status or '---'}{model}"
    if not record.cassette:
        return f"{asked}  {_note(record.note)}"
    is_recorded = bool(record.times)
    fault = f"fault {record.fault}" if record.fault else ""
    said = (
        f"{record.place}: {_sent(record)}" if is_recorded else f"{fault}, in place of {record.place}",
        fault if is_recorded else "",
        f"retry {record.retry_count} of the client" if record.retry_count else "",
        f"times {'not recorded' if record.times == 'none' else record.times}" if is_recorded else "",
        _note(record.note),
    )
    return f"{asked}  {'; '.join(filter(None, said))}"


def _note(note: str) -> str:
    return shortened(visible_line(note), _NOTE_LENGTH)


def _sent(record: Record) -> str:
    took = seconds(record.took_s)
    if record.events > 1:
        sent, whole = str(record.sent_events), counted(record.events, "event")
    else:
        sent, whole = size(record.sent_bytes), size(record.size_bytes)
    match record.ending:
        case "complete":
            return f"{whole} in {took}"
        case "cut":
            return f"cut after {sent} of {whole}, {took}"
        case "left by the client":
            return f"the client left after {sent} of {whole}, {took}"
        case "stopped with the server":
            return f"the server stopped after {sent} of {whole}, {took}"
