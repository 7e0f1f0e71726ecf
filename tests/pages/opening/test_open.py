"""Getting recordings in: dropped, pasted, by a link; and finding them again."""

import io
import json
import re
import tarfile
import zipfile

import pytest
from playwright.sync_api import expect

from tests.conftest import SAMPLES

FIND = """([files, selector]) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  const target = document.querySelector(selector);
  window.drag = kind => target.dispatchEvent(
    new DragEvent(kind, { bubbles: true, cancelable: true, composed: true, dataTransfer: transfer }));
  drag('dragenter');
  drag('dragover');
}"""


def chat(text, model):
    return f"data: {json.dumps({'model': model, 'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n"


def heading(page, name):
    return page.get_by_role("heading", name=name, exact=True)


def drag(page, files):
    page.evaluate(FIND, [files, "[data-testid=stMain]"])


def drop(page, files):
    drag(page, files)
    page.evaluate("drag('drop')")


def opened(page):
    """The names in the list of what is open."""
    page.get_by_role("button", name="Open…").click()
    names = page.get_by_role("dialog").get_by_role("button", name="Remove").all()
    found = [name.get_attribute("aria-label").removeprefix("Remove ") for name in names]
    page.keyboard.press("Escape")
    return found


def upload(page, name, content):
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
    )


def test_files_dropped_on_the_window_open_the_library_and_what_could_not_be_opened_is_said(start):
    files = [["one.sse", chat("first", "model-one")], ["two.sse", chat("second", "model-two")], ["bad.yaml", "a: ["]]
    start.get_by_role("button", name="Open…").click()
    drag(start, files)
    expect(start.get_by_text("Drop to open 3 files")).to_be_visible()
    start.evaluate("drag('drop')")
    expect(start.get_by_text("Drop to open 3 files")).to_be_hidden()
    expect(heading(start, "Library")).to_be_visible(timeout=60_000)
    expect(start.get_by_text("2 of 3 opened; 1 could not be opened.")).to_be_visible()
    expect(start.get_by_text("bad.yaml: not readable as YAML")).to_be_visible()
    start.get_by_role("button", name="Dismiss").click()
    # The uploader, out of sight, still has the name.
    expect(start.get_by_text("bad.yaml: ")).to_have_count(0)
    assert opened(start) == ["two.sse", "one.sse"]


def test_a_drag_that_leaves_the_window_hides_the_overlay(start):
    drag(start, [["one.sse", "x"], ["two.sse", "y"]])
    expect(start.get_by_text("Drop to open 2 files")).to_be_visible()
    expect(start.get_by_text("Drop to open 2 files")).to_be_hidden()


def test_many_files_dropped_at_once_are_sent_as_one_archive_and_all_open(start):
    files = [[f"folder/{index:03}-{'x' * 100}.sse", chat(f"text {index}", f"model-{index}")] for index in range(60)]
    drop(start, files)
    expect(heading(start, "Library")).to_be_visible(timeout=60_000)
    names = opened(start)
    assert len(names) == 60
    # The latest is the first.
    assert "059-x" in names[0]
    start.get_by_role("button", name="Open…").click()
    start.get_by_role("button", name=names[0], exact=True).click()
    expect(heading(start, "model-59")).to_be_visible()


def test_other_programs_read_the_archive_that_the_page_packs(start):
    source = (SAMPLES.parent / "viewer" / "pages" / "opening" / "packing.js").read_text()
    names = ["a.sse", "é/ü.sse", f"{'d' * 120}/{'n' * 90}.sse", "x" * 99]
    packed = start.evaluate(
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


def test_a_zip_of_300_files_opens_all_but_the_broken_one(start):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(299):
            archive.writestr(f"cassettes/{index:03}.sse", chat(f"text {index}", f"model-{index}"))
        archive.writestr("cassettes/broken.yaml", "a: [")
    upload(start, "many.zip", packed.getvalue())
    expect(heading(start, "Library")).to_be_visible(timeout=60_000)
    figure = start.locator(".figures .figure").filter(has=start.get_by_text("Streams and answers"))
    expect(figure.locator("dd").first).to_have_text("299", timeout=60_000)


def test_text_is_pasted_with_one_click_and_kept_over_a_reload_and_in_a_second_tab(start):
    start.get_by_role("button", name="Open…").click()
    start.get_by_role("textbox", name="Events or a cassette").fill(chat("pasted words", "pasted-model"))
    start.get_by_role("button", name="Open text").click()
    expect(heading(start, "pasted-model")).to_be_visible()
    start.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start.get_by_role("button", name="Copy link").click()
    expect(
        start.get_by_text("copied · works while this server keeps pasted text, then asks for the file")
    ).to_be_visible()
    address = start.evaluate("location.href")
    assert start.evaluate("navigator.clipboard.readText()").startswith(address)
    start.context.clear_permissions()
    assert re.search(r"\?file=[0-9a-f]{64}&name=pasted\+text$", address)
    start.reload()
    expect(heading(start, "pasted-model")).to_be_visible()
    second = start.context.new_page()
    second.goto(address.split("?")[0])
    second.get_by_role("link", name="pasted text").click()
    expect(heading(second, "pasted-model")).to_be_visible()
    second.close()
    start.get_by_role("button", name="Open…").click()
    start.get_by_role("button", name="Remove pasted text").click()
    expect(start.get_by_role("heading", name="See what was asked")).to_be_visible()
    start.goto(address)
    expect(start.get_by_text("Drop “pasted text” anywhere on this page.")).to_be_visible()


def test_text_pasted_outside_of_a_field_opens_at_once(start):
    paste = """text => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, clipboardData }));
    }"""
    start.evaluate(paste, chat("pasted words", "pasted-model"))
    expect(heading(start, "pasted-model")).to_be_visible()


def test_the_file_that_a_link_misses_opens_at_the_place_of_the_link(start, server):
    text = "".join(chat(f"word {index} ", "missing-model") for index in range(20))
    upload(start, "missing.sse", text.encode())
    expect(heading(start, "missing-model")).to_be_visible()
    query = start.evaluate("location.search")
    start.get_by_role("button", name="Remove", exact=True).click()
    expect(start.get_by_role("heading", name="See what was asked")).to_be_visible()
    start.goto(f"{server}/{query}&tab=Chunks&t=5")
    expect(start.get_by_text("Drop “missing.sse” anywhere on this page.")).to_be_visible()
    drop(start, [["renamed.sse", text]])
    expect(heading(start, "missing-model")).to_be_visible()
    expect(start.get_by_role("tab", name="Chunks")).to_have_attribute("aria-selected", "true")
    assert {"tab=Chunks", "t=5"} <= set(start.evaluate("location.search").split("&"))
    assert float(start.get_by_role("slider", name="Position").get_attribute("aria-valuenow")) == 5


def test_a_link_opens_file_stream_tab_filter_and_position_in_a_fresh_browser(browser, server):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.goto(f"{server}/?file=sample/weather-agent_tool-calls.yaml&stream=2&tab=Chunks&kind=content&t=5&speed=2")
    expect(page.get_by_role("listbox", name="Calls").get_by_role("option", selected=True)).to_contain_text(
        "Lima is warmer"
    )
    expect(page.get_by_role("tab", name="Chunks")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text(re.compile(r"^13 of 17 chunks"))).to_be_visible()
    expect(page.get_by_label("Speed")).to_have_value("2")
    assert float(page.get_by_role("slider", name="Position").get_attribute("aria-valuenow")) == 5
    context.close()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("file=../../etc/passwd", "This recording is not open here"),
        ("file=sample/nothing.yaml", "This recording is not open here"),
        ("file=&stream=99", "See what was asked"),
        ("file=sample/qwen3_ollama.ndjson&stream=<b>&tab=None&kind=x&t=-1&speed=x&to=y", "qwen3:4b"),
    ],
)
def test_a_link_with_invalid_parameters_still_opens_the_page(browser, server, query, shown):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/?{query}")
    expect(page.get_by_role("heading", name=shown)).to_be_visible()
    assert page.locator(".stException").count() == 0
    context.close()


def test_another_browser_sees_an_upload_only_by_its_whole_key(start, browser, server):
    upload(start, "private.sse", chat("secret words", "private-model").encode())
    expect(heading(start, "private-model")).to_be_visible()
    address = start.evaluate("location.search")
    key = re.search(r"[0-9a-f]{64}", address)[0]
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    other = context.new_page()
    other.goto(server)
    expect(other.get_by_role("heading", name="See what was asked")).to_be_visible()
    assert opened(other) == []
    expect(other.get_by_text("private.sse")).to_have_count(0)
    other.goto(f"{server}/?file={key[:16]}")
    expect(heading(other, "This recording is not open here")).to_be_visible()
    other.goto(f"{server}/{address}")
    expect(heading(other, "private-model")).to_be_visible()
    assert opened(other) == []
    expect(other.get_by_role("button", name="Remove", exact=True)).to_have_count(0)
    context.close()
