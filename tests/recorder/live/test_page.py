"""The page that follows a recording, in a real browser, beside a server on this machine that streams at known times."""

import asyncio
import concurrent.futures
import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from tests.conftest import ROOT
from tests.support.servers import serving
from tests.support.streams import call, delta

# They measure times, which another process would shift, and start processes.
pytestmark = [pytest.mark.alone, pytest.mark.process, pytest.mark.browser]

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
# In the page: how many milliseconds after it was sent each event is drawn. Its text says when it was sent.
MEASURE = """
const seen = new Set();
window.lags = [];
const look = () => requestAnimationFrame(() => {
  const now = performance.timeOrigin + performance.now();
  for (const text of document.querySelectorAll('.deck-text')) {
    for (const [one, sent] of text.textContent.slice(-4000).matchAll(/e\\d+@(\\d+\\.\\d)/g)) {
      if (!seen.has(one)) { seen.add(one); window.lags.push(now - Number(sent)); }
    }
  }
});
new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
"""


def event(one):
    return f"data: {json.dumps(one)}\n\n".encode()


async def paced(count, gap_s, kind="content"):
    """Yield events on an absolute schedule. Each says when it is sent, in epoch milliseconds."""
    begin = time.perf_counter()
    for index in range(count):
        await asyncio.sleep(max(0.0, begin + index * gap_s - time.perf_counter()))
        yield event(delta(**{kind: f"e{index}@{time.time() * 1000:.1f} "}))


async def answer(request):
    asked = await request.json()
    match asked["how"]:
        case "whole":
            message = {"role": "assistant", "content": f"whole {HOSTILE}"}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            return JSONResponse({"object": "chat.completion", "model": "m", "choices": [choice]})
        case "refused":
            return JSONResponse({"error": {"message": "Slow down", "type": "requests"}}, 429)

    async def body():
        async for one in paced(asked["count"] // 4, asked["gap_s"], "reasoning_content"):
            yield one
        async for one in paced(asked["count"], asked["gap_s"]):
            yield one
        if asked["how"] == "breaks":
            raise RuntimeError
        if asked["how"] == "long":
            for _ in range(100):
                yield event(delta(content="long " * 4000))
        yield event(delta(content=HOSTILE))
        yield event(call(HOSTILE, '{"city": "Lima"}'))
        yield event(delta("stop"))
        yield event({"choices": [], "usage": {"prompt_tokens": 84, "completion_tokens": 7, "total_tokens": 91}})
        yield b"data: [DONE]\n\n"

    return StreamingResponse(body(), media_type="text/event-stream")


class Recording:
    """The command `record --follow`, a server for it, and clients."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = self.page_address = self.server = ""
        self._clients = concurrent.futures.ThreadPoolExecutor(16)

    @contextlib.contextmanager
    def running(self):
        upstream = Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])
        options = ["--to", str(self.folder), "--port", "0", "--follow", "--no-browser"]
        with serving(upstream) as self.server:
            command = [sys.executable, "-m", "viewer", "record", "--upstream", self.server, *options]
            program = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
            try:
                said = [program.stderr.readline(), program.stderr.readline()]
                self.page_address, self.address = (re.search(r"(?:at|Use) (http://\S+)", one)[1] for one in said)
                yield self
                program.send_signal(signal.SIGINT)
                program.communicate(timeout=20)
                assert program.returncode == 0
            finally:
                program.kill()
                program.communicate()

    def ask(self, how="stream", count=8, gap_s=0.01, **more):
        """Send a request in the background, and return what is to come of it."""
        messages = [{"role": "user", "content": f"asked {how} {HOSTILE}"}]
        asked = {"model": "m", "stream": True, "messages": messages, "how": how, "count": count, "gap_s": gap_s, **more}
        return self._clients.submit(self._send, asked)

    def _send(self, asked):
        with httpx2.stream("POST", f"{self.address}/v1/chat/completions", json=asked, timeout=30) as response:
            if asked["how"] == "hangs up":
                next(response.iter_bytes())
                return None
            with contextlib.suppress(httpx2.HTTPError):
                return b"".join(response.iter_bytes())


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    with Recording(tmp_path_factory.mktemp("cassettes")).running() as one:
        yield one


@pytest.fixture
def watched(page):
    """A page on which no error and no dialog may occur."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.add_init_script(MEASURE)
    yield page
    assert errors == []


def open_page(page, recording):
    page.goto(recording.page_address)
    page.wait_for_selector("#session:not([hidden]), #empty:not([hidden])")


def rows(page):
    return page.locator("#exchanges button")


def test_it_says_what_to_do_before_the_first_exchange_and_that_the_recorder_has_ended(watched, tmp_path):
    with Recording(tmp_path).running() as recording:
        open_page(watched, recording)
        expect(watched.get_by_role("heading", name="Nothing has come yet")).to_be_visible()
        expect(watched.locator("#empty")).to_contain_text(recording.address)
        expect(watched.locator("#state")).to_have_text("Recording")
        assert Axe().run(watched).response["violations"] == []
        recording.ask().result()
        expect(rows(watched)).to_have_count(1)
        expect(watched.locator("#empty")).to_be_hidden()
    expect(watched.locator("#state")).to_have_text("The recorder has ended. Its files are complete.")
    # What was shown can still be read and played.
    expect(watched.locator(".deck-flag")).to_have_text("finish: stop")
    assert Axe().run(watched).response["violations"] == []


def lags_of(page):
    """How late each event was drawn, in milliseconds, the least first."""
    return sorted(page.evaluate("lags.splice(0)"))


def p95(lags):
    return lags[int(0.95 * (len(lags) - 1))]


def test_each_event_is_on_the_page_within_100_ms(recording, watched):
    open_page(watched, recording)
    best = [float("inf")]
    # A busy machine can only make it later.
    for _ in range(3):
        recording.ask(count=240, gap_s=0.01).result()
        expect(watched.locator("#head")).to_contain_text("finish: stop")
        lags = lags_of(watched)
        assert len(lags) == 300
        assert lags[0] > 0
        best = min(best, lags, key=p95)
        if p95(best) <= 100:
            break
    assert p95(best) <= 100, best[::10]
    assert best[-1] <= 250, best[-10:]


def test_the_lanes_and_the_transcript_grow_at_measured_times(recording, watched):
    open_page(watched, recording)
    running = recording.ask(count=40, gap_s=0.03)
    expect(watched.get_by_role("button", name="Live")).to_have_attribute("aria-pressed", "true")
    expect(watched.locator(".deck-grade")).to_have_text("● measured")
    expect(watched.locator(".row[aria-current]")).to_contain_text("running, ")
    expect(watched.locator("#head")).to_contain_text("Time to first token")
    expect(watched.locator("#head")).not_to_contain_text("Input")
    # Thinking, then text: each in a lane and in a block of its own.
    expect(watched.locator(".deck-label", has_text="content")).to_be_visible()
    assert not running.done()
    watched.get_by_role("button", name="Pause").click()
    text = watched.locator(".deck-of-content .deck-text").inner_text()
    running.result()
    expect(watched.locator("#head")).to_contain_text("finish: stop")
    assert watched.locator(".deck-of-content .deck-text").inner_text() == text
    watched.keyboard.press("End")
    expect(watched.locator(".deck-of-content .deck-text")).to_contain_text("e39@")
    # Recorded text stays text, in the transcript, the labels and the head.
    expect(watched.locator(".deck-of-content .deck-text")).to_contain_text(HOSTILE)
    expect(watched.locator(".deck-of-tool_call .deck-block-label")).to_have_text(HOSTILE)
    expect(watched.locator("#head .asked")).to_contain_text(f"asked stream {HOSTILE}")
    expect(watched.locator("#head")).to_contain_text("84 tokens")
    assert watched.locator("main script, main img").count() == 0


def test_ten_at_once_are_listed_as_they_come_and_the_chosen_one_is_shown(recording, watched):
    open_page(watched, recording)
    before = rows(watched).count()
    running = [recording.ask(count=40, gap_s=0.03) for _ in range(10)]
    expect(watched.locator(".row.is-running")).to_have_count(10)
    expect(rows(watched).first).to_have_attribute("aria-current", "true")
    rows(watched).nth(6).click()
    expect(rows(watched).nth(6)).to_have_attribute("aria-current", "true")
    expect(watched.get_by_role("button", name="Follow the newest")).to_have_attribute("aria-pressed", "false")
    lags_of(watched)
    for one in running:
        one.result()
    expect(watched.locator(".row.is-running")).to_have_count(0)
    lags = lags_of(watched)
    assert len(lags) >= 20
    # Ten clients, their server and the browser share the machine with the recorder.
    assert lags[len(lags) // 2] <= 100, lags
    assert rows(watched).count() == before + 10
    for place in range(10):
        expect(rows(watched).nth(place)).to_contain_text("m · 52 chunks · 84 in · 7 out")
    # A new one does not take the place of what was chosen, until the page is to follow again.
    recording.ask().result()
    expect(rows(watched)).to_have_count(before + 11)
    expect(rows(watched).nth(7)).to_have_attribute("aria-current", "true")
    watched.get_by_role("button", name="Follow the newest").click()
    expect(rows(watched).first).to_have_attribute("aria-current", "true")


def test_what_ends_badly_is_said_in_red(recording, watched):
    open_page(watched, recording)
    for how, said, status in (
        ("breaks", "The upstream broke off", "200"),
        ("hangs up", "The client hung up before the end of the response", "200"),
        ("refused", "Slow down", "429"),
    ):
        before = rows(watched).count()
        recording.ask(how, count=60).result()
        expect(rows(watched)).to_have_count(before + 1)
        expect(watched.locator("#head .alarm.error").first).to_contain_text(said)
        expect(rows(watched).first).to_have_class("row has-failed")
        expect(rows(watched).first.locator(".status")).to_have_text(status)
    recording.ask("whole").result()
    expect(watched.locator("#below")).to_contain_text(f"whole {HOSTILE}")
    expect(watched.locator(".deck")).to_have_count(0)


def test_a_page_that_does_not_read_delays_neither_clients_nor_other_pages(recording, watched):
    address = urlsplit(recording.page_address)
    with socket.create_connection((address.hostname, address.port)) as asleep:
        asleep.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asleep.sendall(f"GET {address.path}events HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        open_page(watched, recording)
        begin = time.perf_counter()
        # Thousands of characters in each event fill what the system keeps for the one that sleeps.
        recording.ask("long", count=50, gap_s=0.02).result()
        assert time.perf_counter() - begin < 62 * 0.02 + 1
        expect(watched.locator("#head")).to_contain_text("finish: stop")


def test_a_page_that_comes_later_shows_what_has_come_before(recording, watched):
    running = recording.ask(count=60, gap_s=0.02)
    time.sleep(0.5)
    open_page(watched, recording)
    expect(watched.locator(".deck-of-reasoning .deck-block-label")).to_have_text("thinking")
    watched.set_viewport_size({"width": 390, "height": 844})
    running.result()
    expect(watched.locator("#head")).to_contain_text("finish: stop")
    assert watched.evaluate("document.documentElement.scrollWidth") <= 390
