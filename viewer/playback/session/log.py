"""What clients asked of the server, and what they were sent: a line for each request, and counts over all of them.

A server may run for days. Only the last requests are kept, and of everything else counts.
"""

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from viewer.playback.session.reactions import FaultReactions
from viewer.playback.session.record import Record, Result
from viewer.types.http import Request

_LAST_RECORDS = 1000
_MAX_UNANSWERED = 200
OTHERS = ("", "", "")
"""Stands in `SessionLog.unanswered` for all different requests that are not kept."""


@dataclass(slots=True, eq=False)
class SessionLog:
    """Collects what happened."""

    served: Sequence[tuple[str, int]] = ()
    """What can be asked for: recordings and interactions."""
    faults: Sequence[str] = ()
    """What shall go wrong with all answers, unless a request asks for something else."""
    last: deque[Record] = field(default_factory=lambda: deque(maxlen=_LAST_RECORDS))
    requests: int = 0
    asked: dict[tuple[str, int], Counter[Result]] = field(default_factory=dict)
    """By recording and interaction, what became of the requests that it answers."""
    unanswered: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By method, path and note, the requests that no recording answers. After the first different ones, only their number is kept."""
    reactions: FaultReactions = field(default_factory=FaultReactions)
    first_s: float = math.inf
    last_s: float = -math.inf

    def add(self, record: Record, request: Request) -> None:
        """Count a request that has ended."""
        self.last.append(record)
        self.requests += 1
        self.first_s = min(self.first_s, record.started_s)
        self.last_s = max(self.last_s, record.ended_s)
        if record.cassette:
            self.asked.setdefault((record.cassette, record.interaction), Counter())[record.result] += 1
        else:
            kind = record.method, record.path, record.note
            self.unanswered[kind if kind in self.unanswered or len(self.unanswered) < _MAX_UNANSWERED else OTHERS] += 1
        self.reactions.add(record, request)
