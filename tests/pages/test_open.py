"""Opening recordings, links to them, and the browser's history."""

import io
import json
import re
import tarfile
import zipfile

import pytest
from playwright.sync_api import expect

from tests.support.waiting import choose_tab, wait_for_position
from viewer.pages.server.recordings import SAMPLES

SEED = "grok-code-fast-1"

DROP = """async ([files, selector]) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  const target = document.querySelector(selector);
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, composed: true, dataTransfer: transfer }));
  }
}"""


def chat(text, model):
    return f"data: {json.dumps({'model': model, 'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n"


def heading(page, name):
    return page.get_by_role("heading", name=name, exact=True)


def options(page):
    page.get_by_label("Recording").click()
    found = page.get_by_role("option").all_inner_texts()
    page.keyboard.press("Escape")
    return found


def zipped(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return held.getvalue()


def upload(page, name, content):
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
    )


def test_files_dropped_anywhere_on_the_window_are_opened(app):
    app.evaluate(
        DROP,
        [[["one.sse", chat("first", "model-one")], ["two.sse", chat("second", "model-two")]], "[data-testid=stMain]"],
    )
    expect(heading(app, "model-one")).to_be_visible()
    assert {"one.sse", "two.sse"} <= set(options(app))


def test_many_files_dropped_at_once_are_sent_as_one_archive_and_all_open(app):
    files = [[f"folder/{index:03}-{'x' * 100}.sse", chat(f"text {index}", f"model-{index}")] for index in range(60)]
    app.evaluate(DROP, [files, "[data-testid=stMain]"])
    expect(heading(app, "model-0")).to_be_visible()
    app.get_by_label("Recording").fill("059")
    app.get_by_role("option", name=re.compile("059-x")).click()
    expect(heading(app, "model-59")).to_be_visible()


def test_other_programs_read_the_archive_that_the_page_packs(app):
    source = (SAMPLES.parent / "viewer" / "pages" / "parts" / "drop.js").read_text()
    names = ["a.sse", "é/ü.sse", f"{'d' * 120}/{'n' * 90}.sse", "x" * 99]
    packed = app.evaluate(
        """async ([source, names]) => {
          const { tarOf } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
          const tar = tarOf(names.map((path, index) => ({ path, file: new File(['y'.repeat(index * 511)], 'f') })));
          return [...new Uint8Array(await tar.arrayBuffer())];
        }""",
        [source, names],
    )
    with tarfile.open(fileobj=io.BytesIO(bytes(packed))) as archive:
        assert [(member.name, member.size) for member in archive] == [
            (name, index * 511) for index, name in enumerate(names)
        ]
        assert archive.extractfile(names[2]).read() == b"y" * 1022


def test_a_zip_of_300_files_opens_all_but_the_broken_one(app):
    files = [(f"cassettes/{index:03}.sse", chat(f"text {index}", f"model-{index}")) for index in range(299)]
    files.insert(150, ("cassettes/broken.yaml", "a: ["))
    upload(app, "many.zip", zipped(files))
    expect(heading(app, "model-0")).to_be_visible(timeout=30_000)
    app.get_by_role("link", name="Library").click()
    expect(heading(app, "Library")).to_be_visible(timeout=60_000)
    figure = app.locator(".figures .figure").filter(has=app.get_by_text("Streams and answers"))
    expect(figure.locator("dd").first).to_have_text("299", timeout=60_000)
    app.get_by_text("1 recording not listed").click()
    expect(app.get_by_test_id("stExpander").last).to_be_visible()


def test_text_can_be_pasted(app):
    app.get_by_role("button", name="Paste text").click()
    app.get_by_label("Events or a cassette").fill(chat("pasted words", "pasted-model"))
    app.get_by_label("Events or a cassette").press("Control+Enter")
    app.get_by_test_id("stPopoverBody").get_by_role("button", name="Open").click()
    expect(heading(app, "pasted-model")).to_be_visible()


def test_a_link_opens_file_stream_tab_filter_and_position_in_a_fresh_browser(browser, server):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.goto(f"{server}/?file=sample/weather-agent_tool-calls.yaml&stream=2&tab=Chunks&kind=content&t=0.1&speed=2")
    expect(page.get_by_role("option", selected=True)).to_have_text(re.compile("Lima is warmer"))
    expect(page.get_by_role("tab", name="Chunks")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text(re.compile(r"^13 of \d+ chunks"))).to_be_visible()
    expect(page.get_by_label("Speed")).to_have_value("2")
    assert float(page.get_by_role("slider", name="Position").get_attribute("aria-valuenow")) == 0.1
    context.close()


@pytest.mark.parametrize(
    "query",
    [
        "file=../../etc/passwd",
        "file=sample/nothing.yaml",
        "stream=99",
        "stream=<b>",
        "tab=None&kind=x",
        "t=-1&speed=x&to=y",
    ],
)
def test_a_link_with_invalid_parameters_still_opens_the_page(browser, server, query):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/?{query}")
    expect(heading(page, SEED)).to_be_visible()
    assert page.locator(".stException").count() == 0
    context.close()


def test_back_returns_to_the_previous_recording(app):
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("qwen3_ollama")).click()
    expect(heading(app, "qwen3:4b")).to_be_visible()
    assert "file=sample%2Fqwen3_ollama.ndjson" in app.evaluate("location.search")
    app.evaluate("history.back()")
    expect(heading(app, SEED)).to_be_visible()
    app.evaluate("history.forward()")
    expect(heading(app, "qwen3:4b")).to_be_visible()


def test_a_new_recording_does_not_start_at_the_position_of_the_last(app):
    app.get_by_role("slider", name="Position").press("5")
    assert "t=0.98" in app.evaluate("location.search")
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("qwen3_ollama")).click()
    expect(heading(app, "qwen3:4b")).to_be_visible()
    assert "t=" not in app.evaluate("location.search").replace("&tab=", "")


@pytest.mark.charts
def test_two_users_do_not_see_each_others_uploads(app, browser, server):
    upload(app, "private.sse", chat("secret words", "private-model").encode())
    expect(heading(app, "private-model")).to_be_visible()
    address = app.evaluate("location.search")
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    other = context.new_page()
    other.goto(f"{server}/{address}")
    expect(heading(other, SEED)).to_be_visible()
    expect(other.get_by_text("This link points to a recording that is not open")).to_be_visible()
    assert not any("private" in label for label in options(other))
    upload(other, "again.sse", chat("secret words", "private-model").encode())
    expect(heading(other, "private-model")).to_be_visible()
    assert other.evaluate("location.search") == address
    context.close()


@pytest.mark.charts
def test_a_stream_of_100_000_chunks_is_shown_played_and_listed(app):
    lines = [
        f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': f'w{index} '}}]})}\n\n"
        for index in range(100_000)
    ]
    upload(app, "long.sse", "".join(lines).encode())
    pane = app.get_by_role("group", name="content", exact=True)
    expect(app.get_by_role("group", name="Replay of openai-chat")).to_be_visible(timeout=60_000)
    assert pane.evaluate("node => node.textContent.length") == sum(len(f"w{index} ") for index in range(100_000))
    app.get_by_role("slider", name="Position").press("5")
    half = pane.evaluate("node => node.textContent")
    last = int(half.rsplit("w", 1)[1])
    assert 45_000 < last < 55_000
    assert half == "".join(f"w{index} " for index in range(last + 1))
    slider = app.get_by_role("slider", name="Position")
    begin_s = float(slider.get_attribute("aria-valuenow"))
    app.get_by_role("button", name="Play", exact=True).click()
    wait_for_position(slider, begin_s)
    app.get_by_role("button", name="Pause").click()
    choose_tab(app, "Chunks")
    expect(app.get_by_text("100,000 of 100,000 chunks")).to_be_visible(timeout=60_000)
    app.get_by_label("Text", exact=True).fill("w99999")
    app.get_by_label("Text", exact=True).press("Enter")
    expect(app.get_by_text("1 of 100,000 chunks")).to_be_visible(timeout=60_000)
