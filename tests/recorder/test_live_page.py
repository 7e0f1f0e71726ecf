"""The page that follows a recording, in a real browser, beside a server on this machine that streams at known times."""

import asyncio
import concurrent.futures
import contextlib
import json
import time
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from tests.support.servers import serving
from tests.support.streams import call, delta
from viewer.recorder.live_page import Place, Recorded
from viewer.recorder.live_process import live_page
from viewer.recorder.proxy import recorder_app

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
    for (const [, sent] of text.textContent.slice(-4000).matchAll(/@(\\d+\\.\\d)/g)) {
      if (!seen.has(sent)) { seen.add(sent); window.lags.push(now - Number(sent)); }
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
        yield event(delta(**{kind: f"{index} @{time.time() * 1000:.1f} "}))


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
        yield event(delta(content=HOSTILE))
        yield event(call(HOSTILE, '{"city": "Lima"}'))
        yield event(delta("stop"))
        yield event({"choices": [], "usage": {"prompt_tokens": 84, "completion_tokens": 7, "total_tokens": 91}})
        yield b"data: [DONE]\n\n"

    return StreamingResponse(body(), media_type="text/event-stream")


class Recording:
    """A recorder that runs, the page that follows it, and clients."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = self.page_address = ""
        self._clients = concurrent.futures.ThreadPoolExecutor(16)

    @contextlib.contextmanager
    def running(self):
        upstream = Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])
        with serving(upstream) as server:
            recorded = Recorded(server, (Place("http://base", server),), str(self.folder))
            with live_page(recorded) as shown:
                self.page_address = shown.address
                app = recorder_app({"": server}, self.folder, log=lambda _: None, watchers=[shown.watcher])
                with serving(app) as self.address:
                    yield self

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


def rows(page):
    return page.locator("#exchanges button")


def test_an_empty_recording_says_what_to_do_and_its_end(watched, tmp_path, axe=None):
    with Recording(tmp_path).running() as recording:
        watched.goto(recording.page_address)
        expect(watched.get_by_role("heading", name="Nothing has come yet")).to_be_visible()
        expect(watched.locator("#empty")).to_contain_text("http://base")
        expect(watched.locator("#state")).to_have_text("Recording")
        running = recording.ask("stream", count=400)
        expect(rows(watched)).to_have_count(1)
        running.cancel()
    expect(watched.locator("#state")).to_have_text("The recorder has ended. Its files are complete.")
    expect(watched.locator("#head")).to_contain_text("ended first")


def test_each_event_is_on_the_page_within_100_ms(recording, watched):
    watched.goto(recording.page_address)
    expect(watched.locator("#state")).to_have_text("Recording")
    sent = recording.ask(count=240, gap_s=0.01)
    sent.result()
    expect(watched.locator("#head")).to_contain_text("finish: stop")
    lags = sorted(watched.evaluate("lags"))
    assert len(lags) == 300
    p95 = lags[int(0.95 * len(lags))]
    print(f"lag of {len(lags)} events: median {lags[150]:.0f} ms, p95 {p95:.0f} ms, most {lags[-1]:.0f} ms")
    assert lags[0] > 0
    assert p95 <= 100
