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
from typing import Any, NamedTuple

from benchmarks.figures import Row
from benchmarks.recordings import ROOT
from benchmarks.servers import serving

TITLE = "The page: from a fresh browser to the seed drawn"

_ROUNDS = 9
_TARGET_S = 0.5
_BYTES_TARGET = 3_900_000
_SEED = "?file=sample/grok-code-fast-1_simple_streaming.yaml"
_DECK = "[role=slider]"


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
            visits = [(theirs.address, "h1"), (f"{ours.address}/{_SEED}", _DECK)]
            for address, drawn in visits:
                _visit(playwright, address, drawn)
            taken = [[_visit(playwright, *visit) for visit in visits] for _ in range(_ROUNDS)]
    bare_s, full_s = (median(visit.seconds for visit in visits) for visits in zip(*taken, strict=True))
    over_s = full_s - bare_s
    yield Row(
        "the seed: title, figures and deck",
        f"{over_s:.2f} s over the empty page",
        f"{_TARGET_S:.1f} s",
        over_s / _TARGET_S,
        1.0,
        note=f"{full_s:.2f} s, the empty page {bare_s:.2f} s",
    )
    bare, full = (median(visit.size_bytes for visit in visits) for visits in zip(*taken, strict=True))
    yield Row(
        "the seed: what the first page loads",
        f"{full / 1e6:.1f} MB",
        f"{_BYTES_TARGET / 1e6:.1f} MB",
        full / _BYTES_TARGET,
        1.0,
        note=f"the empty page {bare / 1e6:.1f} MB",
    )


class _Visit(NamedTuple):
    seconds: float
    size_bytes: int
    """Of all responses until the page has come to rest."""


def _visit(playwright: Any, address: str, drawn: str) -> _Visit:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    sizes: list[int] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    begin_s = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(drawn).first.wait_for()
    taken_s = time.perf_counter() - begin_s
    page.wait_for_load_state("networkidle")
    browser.close()
    return _Visit(taken_s, sum(sizes))
