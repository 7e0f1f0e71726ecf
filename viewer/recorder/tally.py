"""How many requests there were, and what was recorded of them."""

from collections import Counter
from dataclasses import dataclass, field

from viewer.recorder.exchange_file import Written


@dataclass(slots=True)
class Tally:
    """Counts while the recorder runs."""

    requests: Counter[str] = field(default_factory=Counter)
    """By the name of the upstream."""
    recorded: int = 0
    lost: int = 0
    """How many were answered, but could not be recorded."""

    def note(self, written: Written) -> None:
        """Count one exchange that was written, or could not be."""
        if written.is_recorded:
            self.recorded += 1
        else:
            self.lost += 1
