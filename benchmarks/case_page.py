"""The page in a freshly started browser, against a Streamlit page that shows only a title.

Wall time, since browser and server share the work: from the request until the named parts are on the page, the median of several
alternating runs. Both servers have been visited before. The time above the empty page is what this project adds to Streamlit.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Row
from benchmarks.recordings import ROOT
from benchmarks.servers import serving

TITLE = "The page: from a fresh browser to the seed drawn"

_ROUNDS = 9
_TARGET_S = 1.0
_DECK = "[role=slider]"
_CHART = ".js-plotly-plot .main-svg"


def rows() -> Iterator[Row]:
    """Yield the rows; none if there is no browser."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a requirement of the tests
    except ImportError:
        return
    with TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        empty = folder / "empty.py"
        empty.write_text('import streamlit as st\n\nst.title("Empty")\n')
        with serving(empty, folder) as theirs, serving(ROOT / "app.py", folder) as ours:
            visits = [(theirs.address, "h1"), (ours.address, _DECK), (ours.address, _CHART)]
            for address, drawn in visits:
                _visit_s(playwright, address, drawn)
            taken = [[_visit_s(playwright, *visit) for visit in visits] for _ in range(_ROUNDS)]
    bare_s, deck_s, chart_s = (median(times) for times in zip(*taken, strict=True))
    for what, full_s in (
        ("the seed: title, figures and deck", deck_s),
        ("the seed: the chart below them too", chart_s),
    ):
        over_s = full_s - bare_s
        yield Row(
            what,
            f"{over_s:.2f} s over the empty page",
            f"{_TARGET_S:.1f} s",
            over_s / _TARGET_S,
            1.0,
            note=f"{full_s:.2f} s, the empty page {bare_s:.2f} s",
        )


def _visit_s(playwright: Any, address: str, drawn: str) -> float:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    begin_s = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(drawn).first.wait_for()
    taken_s = time.perf_counter() - begin_s
    browser.close()
    return taken_s
