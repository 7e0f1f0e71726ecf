"""The rule `old-recording`: a recording is older than a number of days."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from viewer.checks.recording import Recording
from viewer.checks.rule import Option, Options, Rule
from viewer.checks.violation import Violation
from viewer.streams.recorded_at import recorded_at_s

RULE = Rule(
    "old-recording",
    "off",
    "The newest interaction is older than `max_age_days`.",
    "The provider may answer otherwise today: models are retired and fields change.",
    (Option("max_age_days", 180, "days since the newest interaction"),),
)
_DAY_S = 86_400


def check(recording: Recording, options: Options, now_s: Callable[[], float] = time.time) -> Iterator[Violation]:
    """Yield a violation if the newest time in the recording is too long ago. One without times is not judged."""
    stamped = [answer.recorded_at_s for _, answer in recording.answers]
    recorded = [*stamped, *map(recorded_at_s, recording.cassette.interactions)]
    times = [time_s for time_s in recorded if time_s is not None]
    max_age_days = options["max_age_days"]
    if not times or not isinstance(max_age_days, int):
        return
    age_days = int((now_s() - max(times)) // _DAY_S)
    if age_days > max_age_days:
        day = datetime.fromtimestamp(max(times), UTC)
        yield RULE.violation(
            recording.file,
            f"Recorded on {day:%Y-%m-%d}, more than {max_age_days:,} days ago.",
            "Record it again.",
            key="",
        )
