"""The page of one recording as a whole."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support.waiting import choose_tab, wait_for_position, wait_for_width


def transcript(page):
    return page.get_by_role("region", name="Transcript")


def scrubber(page):
    return page.get_by_role("slider", name="Position")


def upload(page, name, content):
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])


def test_several_choices_are_shown_one_at_a_time_each_with_a_selection_of_its_own(app):
    events = [{"choices": [{"index": index, "delta": {"content": f"answer {index}"}}]} for index in (0, 1)]
    upload(app, "n2.sse", "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode())
    expect(transcript(app)).to_contain_text("answer 0")
    app.get_by_role("button", name="Next →").click()
    expect(app).to_have_url(re.compile(r"[?&]event=1\b"))
    app.get_by_role("combobox", name="Choice").click()
    app.get_by_role("option", name="1").click()
    expect(transcript(app)).to_contain_text("answer 1")
    expect(app).to_have_url(re.compile(r"[?&]choice=1\b"))
    expect(app.get_by_text("No event is selected.")).to_be_visible()
    assert "event=" not in app.evaluate("location.search")


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
    pane = transcript(app).locator(".deck-text-content")
    expect(app.get_by_role("group", name="Replay of openai-chat")).to_be_visible(timeout=60_000)
    assert pane.evaluate("node => node.textContent.length") == sum(len(f"w{index} ") for index in range(100_000))
    scrubber(app).press("5")
    half = pane.evaluate("node => node.textContent")
    last = int(half.rsplit("w", 1)[1])
    assert 45_000 < last < 55_000
    assert half == "".join(f"w{index} " for index in range(last + 1))
    slider = scrubber(app)
    begin_s = float(slider.get_attribute("aria-valuenow"))
    app.get_by_role("button", name="Play", exact=True).click()
    wait_for_position(slider, begin_s)
    app.get_by_role("button", name="Pause").click()
    choose_tab(app, "Chunks")
    expect(app.get_by_text("100,000 of 100,000 chunks")).to_be_visible(timeout=60_000)
    app.get_by_label("Text", exact=True).fill("w99999")
    app.get_by_label("Text", exact=True).press("Enter")
    expect(app.get_by_text("1 of 100,000 chunks")).to_be_visible(timeout=60_000)
