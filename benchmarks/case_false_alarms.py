"""How many real recordings have text removed that is no secret, over the corpus, the recorded responses and the samples.

Each removed value was looked at and judged (`benchmarks/removals.py`). A value that has not been judged counts as a false alarm:
`python -m benchmarks.removed` shows those.
"""

from collections.abc import Iterator

from benchmarks.figures import Row
from benchmarks.removals import FALSE_ALARM, Judgements, recordings, removals

TITLE = "False alarms of redaction"
_TARGET_FILES = 500


def rows() -> Iterator[Row]:
    """Yield the one row, or none without the corpus."""
    judgements = Judgements()
    found = [removed for path in recordings() if (removed := removals(path)) is not None]
    if not found:
        return
    judged = [{judgements.of(one) or FALSE_ALARM for one in removed} for removed in found]
    alarmed = sum(FALSE_ALARM in verdicts for verdicts in judged)
    yield Row(
        f"files with a false alarm, of {len(found):,}",
        f"{alarmed} files",
        f"1 in {_TARGET_FILES} files",
        alarmed / len(found) * _TARGET_FILES,
        1,
        note=f"{sum(map(bool, judged)):,} files have something removed",
    )
