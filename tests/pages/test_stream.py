"""What a user does on the page of one recording."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support.waiting import choose_tab, wait_for_position, wait_for_width

PANES = {"reasoning": "reasoning", "content": "content"}


def pane(page, kind):
    return page.locator(f".deck-text-{kind}")


def text_of(page, kind):
    return pane(page, kind).evaluate("node => node.textContent")


def scrubber(page):
    return page.get_by_role("slider", name="Position")


def position(page):
    return float(scrubber(page).get_attribute("aria-valuenow"))


def upload(page, name, content):
    content = content if isinstance(content, bytes) else content.encode()
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])


def chat(*texts, **more):
    events = [{"choices": [{"index": 0, "delta": {"content": text}}], **more} for text in texts]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events)


def test_an_uploaded_file_is_shown_and_the_first_can_be_picked_again(app):
    upload(app, "mine.sse", chat("Hello ", "there", model="my-model"))
    expect(app.get_by_role("heading", name="my-model")).to_be_visible()
    expect(pane(app, "content")).to_have_text("Hello there")
    expect(app.get_by_text("speed not recorded").first).to_be_visible()
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("grok-code-fast-1")).click()
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a: [", "not readable as YAML (while parsing a flow node: did not find expected node content at line 2)"),
        ('{"a": 1}', "not a cassette of a known recorder: it is a mapping with the keys 'a'"),
        ("version: 2\ninteractions: []\n", "the go-vcr cassette has no interactions"),
    ],
)
def test_a_broken_file_shows_a_clear_error_and_the_page_still_works(app, content, reason):
    upload(app, "broken.yaml", content)
    expect(app.get_by_role("heading", name="This file cannot be opened")).to_be_visible()
    expect(app.get_by_text(f"broken.yaml: {reason}")).to_be_visible()
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("grok-code-fast-1")).click()
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()


def test_a_recording_without_a_stream_shows_its_request_and_response(app):
    body = "{body: '{\"answer\": 42}', code: 200, status: 200 OK, headers: {Content-Type: [application/json]}}"
    upload(
        app,
        "plain.yaml",
        f"version: 2\ninteractions:\n- request: {{url: 'https://a.example/v1', method: GET}}\n  response: {body}\n",
    )
    expect(app.get_by_text("The response was not streamed (application/json, 14 bytes).").first).to_be_visible()
    expect(app.get_by_text("GET https://a.example/v1")).to_be_visible()


def test_several_choices_are_shown_one_at_a_time(app):
    events = [{"choices": [{"index": index, "delta": {"content": f"answer {index}"}}]} for index in (0, 1)]
    upload(app, "n2.sse", "".join(f"data: {json.dumps(event)}\n\n" for event in events))
    expect(pane(app, "content")).to_have_text("answer 0")
    app.get_by_role("combobox", name="Choice").click()
    app.get_by_role("option", name="1").click()
    expect(pane(app, "content")).to_have_text("answer 1")


@pytest.mark.parametrize("width", [360, 768, 2560])
def test_nothing_runs_over_the_edge_at_any_width(looked_at, width):
    looked_at.set_viewport_size({"width": width, "height": 900})
    wait_for_width(looked_at, width)
    overflow = looked_at.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    assert overflow <= 0
    assert scrubber(looked_at).bounding_box()["width"] > 150
    title = looked_at.get_by_role("heading", name="grok-code-fast-1")
    middle = title.evaluate(
        "node => { const box = node.getBoundingClientRect();"
        " return node.getRootNode().elementFromPoint(box.left + 5, box.top + box.height / 2) === node }"
    )
    assert middle, "the title is covered"


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
