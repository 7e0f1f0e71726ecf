"""Frame times of the deck while it plays at 16× and while it is scrubbed, and how late it shows chunks, in a browser without a graphics card.

Lateness is the time from a chunk's recorded arrival to its appearance on the page. asciinema-player comes from npm and plays the same
stream as an asciicast. It draws a terminal, so it does more work per frame and knows less about the stream.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import viewer
from benchmarks.figures import Row
from benchmarks.recordings import ROOT
from viewer.display.asciicast import asciicast
from viewer.display.deck import deck_page
from viewer.streams.stream import Stream

TITLE = "The deck: frames and lateness"

_FRAME_MS = 1000 / 30
_PLAYER = ROOT / ".venv" / "node_modules" / "asciinema-player" / "dist" / "bundle"

_FRAMES = """async (how) => {
  const slider = document.querySelector('[role=slider]');
  const box = slider.getBoundingClientRect();
  const frames = [];
  let last = performance.now();
  const until = last + 4000;
  const press = key => slider.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  press('Home');
  if (how === 'play') {
    document.querySelector('.deck select').value = '16';
    document.querySelector('.deck select').dispatchEvent(new Event('change'));
    document.querySelector('.deck-play').click();
  }
  let place = 0;
  while (last < until) {
    if (how === 'scrub') {
      place = (place + 0.137) % 1;
      const event = { button: 0, pointerId: 1, bubbles: true, clientX: box.left + box.width * place, clientY: box.top + 20 };
      slider.setPointerCapture = () => {};
      slider.dispatchEvent(new PointerEvent('pointerdown', event));
    }
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames.slice(2);
}"""

_LATENESS = """async ([words, times, start]) => {
  const root = document.querySelector('.deck-text-content') ?? document.querySelector('.ap-terminal, .ap-term, .ap-player') ?? document.body;
  const late = [];
  let seen = 0;
  const begin = performance.now();
  await eval(start)();
  await new Promise(done => {
    const look = () => {
      const text = root.textContent;
      const now = (performance.now() - begin) / 1000;
      for (; seen < words.length && text.includes(words[seen]); seen += 1) late.push(now - times[seen]);
      if (seen === words.length) { observer.disconnect(); done(); }
    };
    const observer = new MutationObserver(look);
    observer.observe(root, { subtree: true, childList: true, characterData: true });
    setTimeout(done, 12000);
  });
  return late;
}"""


def rows() -> Iterator[Row]:
    """Yield the rows; none if there is no browser."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a requirement of the tests
    except ImportError:
        return
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for chunks in (1_000, 100_000, 1_000_000):
            path = Path(folder) / f"{chunks}.html"
            path.write_text(deck_page([_long(chunks)], "long"), encoding="utf-8")
            page.goto(path.as_uri())
            page.get_by_role("group", name="Replay of").wait_for(timeout=120_000)
            for how, what in (("play", "played at 16×"), ("scrub", "scrubbed, a seek each frame")):
                frames_ms = sorted(page.evaluate(_FRAMES, how))
                p95 = frames_ms[int(len(frames_ms) * 0.95)]
                per_second = 1000 * len(frames_ms) / sum(frames_ms)
                yield Row(
                    f"{chunks:,} chunks {what}: p95 of frame times",
                    f"{p95:.1f} ms",
                    "33.3 ms",
                    p95 / _FRAME_MS,
                    1.0,
                    note=f"{per_second:.0f} frames/s on average",
                )
        yield from _lateness(page, Path(folder))
        browser.close()


def _lateness(page: Any, folder: Path) -> Iterator[Row]:
    words = [f"w{index:03}" for index in range(150)]
    times_s = [0.5 + index * 0.0213 for index in range(150)]
    stream = _timed([f"{word} " for word in words], times_s)
    offset_s = float(stream.chunks["t"].iloc[0])
    expected_s = (stream.chunks["t"] - offset_s).tolist()
    ours = folder / "ours.html"
    ours.write_text(deck_page([stream], "ours"), encoding="utf-8")
    page.goto(ours.as_uri())
    page.get_by_role("slider").press("Home")
    late_s = sorted(
        page.evaluate(
            _LATENESS, [words[1:], expected_s[1:], "async () => document.querySelector('.deck-play').click()"]
        )
    )
    p95_s = late_s[int(len(late_s) * 0.95)]
    script = _PLAYER / "asciinema-player.min.js"
    if not script.exists():
        yield Row("lateness at 1×, p95 of 149 chunks", f"{p95_s * 1000:.1f} ms", "20 ms", p95_s / 0.020, 1.0)
        return
    theirs = folder / "theirs.html"
    cast = json.dumps(asciicast(stream)).replace("<", "\\u003c")
    theirs.write_text(
        f"<!doctype html><meta charset=utf-8><style>{(_PLAYER / 'asciinema-player.css').read_text()}</style><div id=p></div>"
        f"<script>{script.read_text()}</script><script>const cast = {cast};"
        "window.player = AsciinemaPlayer.create({ data: cast }, document.getElementById('p'), { preload: true });</script>",
        encoding="utf-8",
    )
    page.goto(theirs.as_uri())
    page.wait_for_timeout(1500)
    peers_s = sorted(page.evaluate(_LATENESS, [words[1:], expected_s[1:], "() => window.player.play()"]))
    if not peers_s:
        return
    peer_s = peers_s[int(len(peers_s) * 0.95)]
    yield Row(
        f"lateness at 1×, p95 of {len(late_s)} chunks (asciinema-player: {len(peers_s)})",
        f"{p95_s * 1000:.1f} ms",
        f"asciinema-player {peer_s * 1000:.1f} ms",
        p95_s / peer_s,
        1.0,
        note=f"medians {late_s[len(late_s) // 2] * 1000:.1f} and {peers_s[len(peers_s) // 2] * 1000:.1f} ms",
    )


def _long(chunks: int) -> Stream:
    texts = ["word " if index % 12 else "word.\n" for index in range(chunks)]
    return _timed(texts, [index / 500 for index in range(chunks)])


def _timed(texts: list[str], times_s: list[float]) -> Stream:
    """Return a stream with recorded arrival times, as lines stamped by `ts -s %.s`."""
    lines = []
    for text, at in zip(texts, times_s, strict=True):
        event = json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]})
        lines.append(f"{at:.6f} data: {event}\n{at:.6f} \n")
    return viewer.load("".join(lines).encode(), "stamped.ts").streams[0]
