"""The size of the page's own code and style, and what a recording adds, against the recorded body."""

from collections.abc import Iterator

import viewer
from benchmarks.figures import Row
from benchmarks.recordings import SAMPLE, go_vcr
from viewer.display.report.page import script, stylesheet

TITLE = "The size of the report"

_MAX_CODE_BYTES = 120_000


def rows() -> Iterator[Row]:
    """Yield the rows."""
    code = len(script().encode()) + len(stylesheet().encode())
    yield Row("code and style, the deck's included", f"{code / 1000:.1f} kB", "120 kB", code / _MAX_CODE_BYTES, 1.0)
    for what, data in (("the sample", SAMPLE.read_bytes()), ("go-vcr, 100,000 chunks", go_vcr(100_000))):
        cassette = viewer.load(data, "recording.yaml")
        page = len(viewer.report(cassette, data=data).encode())
        yield Row(
            f"{what}: the whole page, with the recording to download",
            f"{page / 1000:,.0f} kB",
            f"recording {len(data) / 1000:,.0f} kB, code {code / 1000:.0f} kB",
            page / (len(data) + code),
            1.0,
        )
