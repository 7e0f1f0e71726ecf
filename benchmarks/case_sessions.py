"""Fifty sessions at once on one server. Each uploads its own recordings, changes tabs and pages, and leaves.

A session is a client of Streamlit's protocol without a browser. It receives everything that the server sends for each run of a page.
Each session's recordings hold a unique word: what a session receives must contain its own word and no other session's. Memory is the
server's resident size: after one visit, at its peak, and after all have left and Streamlit has dropped them, two minutes later. Then
fifty more come. The cache is limited to 20 MB here, so that it does not hide memory that is not returned.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Row
from benchmarks.recordings import ROOT, go_vcr
from benchmarks.servers import Server, serving
from benchmarks.session_client import Session, session

TITLE = "Load: fifty sessions at once on one server"

_SESSIONS = 50
_LIMITS = {"VIEWER_LIMITS": "kept_bytes=20000000"}
_TABS = ("Tokens", "Chunks", "Conversation", "HTTP")
_TRACEBACK = re.compile(r"^Traceback .*\n(?:[ \t].*\n|\n)*(\S.*)", re.MULTILINE)
_MARK = re.compile(rb"MARK-\d{4}")
# Streamlit keeps a closed session for two minutes, in case its browser reconnects.
_EXPIRY_S = 130.0


@dataclass(slots=True)
class _Visit:
    """The run times and failures of one session."""

    taken_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def rows() -> Iterator[Row]:
    """Yield rows for failures, mixed-up sessions, run times and memory."""
    with TemporaryDirectory() as temporary, serving(ROOT / "app.py", Path(temporary), _LIMITS) as server:
        asyncio.run(_visit(server.address, 0))
        [alone] = asyncio.run(_visits(server.address, [0]))
        first_bytes = _resident_bytes(server.process)
        visits, peak_bytes = asyncio.run(_visits_and_peak_bytes(server.address, server.process))
        left_bytes = _bytes_after_leaving(server)
        more, _ = asyncio.run(_visits_and_peak_bytes(server.address, server.process))
        again_bytes = _bytes_after_leaving(server)
        log = server.log.read_text()
    visits += more
    failures = [failure for visit in visits for failure in visit.failures]
    # The page shows every visitor the same text instead of the exception.
    failures += [f"the server logged {raised}" for raised in _TRACEBACK.findall(log)]
    taken_s = sorted(taken for visit in visits for taken in visit.taken_s)
    yield Row(
        f"{_SESSIONS} sessions at once, twice: {len(taken_s):,} runs, {4 * _SESSIONS} uploads: errors, and texts of another session",
        str(len(failures)),
        "none",
        float(len(failures)),
        0.0,
        note="; ".join(sorted(set(failures))[-3:]),
    )
    p95_s = taken_s[int(len(taken_s) * 0.95)]
    yield Row(
        "a run of a page: median, against one session alone times fifty",
        f"{median(taken_s):.1f} s",
        f"{_SESSIONS} × {median(alone.taken_s):.2f} s",
        median(taken_s) / (_SESSIONS * median(alone.taken_s)),
        1.5,
        note=f"p95 {p95_s:.1f} s; no session pauses to read, and all pages share one interpreter",
    )
    for what, held_bytes, against, against_bytes, target in (
        ("at its peak", peak_bytes, "after one visit", first_bytes, 3.0),
        ("after all have left", left_bytes, "after one visit", first_bytes, 2.0),
        ("after fifty more have left", again_bytes, "after the first fifty", left_bytes, 1.05),
    ):
        held, known = f"{held_bytes / 1e6:.0f} MB", f"{against} {against_bytes / 1e6:.0f} MB"
        yield Row(f"memory of the server {what}", held, known, held_bytes / against_bytes, target)


def _bytes_after_leaving(server: Server) -> int:
    """Return the server's memory after it has dropped the sessions that left, which happens when another one comes."""
    time.sleep(_EXPIRY_S)
    asyncio.run(_visit(server.address, 0))
    return _resident_bytes(server.process)


async def _visits_and_peak_bytes(address: str, process: int) -> tuple[list[_Visit], int]:
    peak_bytes = 0
    work = asyncio.ensure_future(_visits(address, range(1, _SESSIONS + 1)))
    while not work.done():
        peak_bytes = max(peak_bytes, _resident_bytes(process))
        await asyncio.wait([work], timeout=0.25)
    return work.result(), peak_bytes


async def _visits(address: str, numbers: range | list[int]) -> list[_Visit]:
    return await asyncio.gather(*(_visit(address, number) for number in numbers))


async def _visit(address: str, number: int) -> _Visit:
    """Open the page, open a recording, visit every tab, open another, and leave."""
    visit = _Visit()
    mark = f"MARK-{number:04}".encode()
    async with session(address) as visitor:
        await _timed(visit, visitor.run())
        for place, chunks in enumerate((60 + number, 2_000)):
            content = go_vcr(chunks).replace(b'"delta":{"content":"', b'"delta":{"content":"%s ' % mark, 1)
            await _timed(visit, visitor.upload(f"{number}-{place}.yaml", content))
            for tab in _TABS:
                seen = len(visitor.received)
                await _timed(visit, visitor.run(tab))
                if not any(mark in message for message in visitor.received[seen:]):
                    visit.failures.append(f"{tab} does not show the recording of its session")
            await _timed(visit, visitor.run(page="library"))
        _check_received(visitor, mark, visit)
    return visit


async def _timed(visit: _Visit, work: object) -> None:
    begin_s = time.perf_counter()
    await work  # type: ignore[misc]
    visit.taken_s.append(time.perf_counter() - begin_s)


def _check_received(visitor: Session, mark: bytes, visit: _Visit) -> None:
    visit.failures += visitor.failures
    others = {found for message in visitor.received for found in _MARK.findall(message)} - {mark}
    visit.failures += [f"saw {other.decode()} of another session" for other in sorted(others)]


def _resident_bytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024
