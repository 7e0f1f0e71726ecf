"""What the head of a recording shows in the browser, and where it leads."""

import json
import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.conftest import SAMPLES
from tests.support.waiting import wait_for_streamlit, wait_for_width

HOSTILE = "</script><img src=https://evil.example/a onerror=alert(1)> ![x](https://evil.example/b)"


def upload(page, name, content):
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])


def boxes(page, selector):
    return [element.bounding_box() for element in page.locator(selector).all()]


def test_the_first_screen_says_what_was_asked_what_came_and_what_is_known_of_it(looked_at):
    expect(looked_at.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()
    expect(looked_at.get_by_text("api.x.ai · openai-chat · go-vcr 2 · 200 OK · finish: stop")).to_be_visible()
    expect(looked_at.locator(".asked")).to_have_text("Asked: Say hi in Portuguese")
    story = "Thought for about 1.6 s, 90 % hidden, then wrote 27 tokens at 82 chunks/s."
    expect(looked_at.locator(".story")).to_have_text(story)
    expect(looked_at.locator(".figure dt")).to_have_text(
        ["Time to first token", "Thinking", "Chunk rate", "Input", "Output", "Cost"]
    )
    thinking = looked_at.locator(".figure", has_text="Thinking")
    expect(thinking.locator("dd").first).to_have_text("1.00 to 3.00 s")
    expect(thinking.locator(".more")).to_have_text("about 1.62 s↔")
    assert "bounded: known only within bounds" in thinking.locator(".mark").get_attribute("title")
    about = looked_at.locator(".about")
    about.locator("summary").click()
    expect(about).to_contain_text("cassette-viewer record")
    about.locator("summary").click()


@pytest.mark.parametrize(("width", "height"), [(360, 800), (480, 800), (1440, 900)])
def test_figures_keep_apart_and_whole_at_every_width(looked_at, width, height):
    looked_at.set_viewport_size({"width": width, "height": height})
    wait_for_width(looked_at, width)
    for figure, value in zip(boxes(looked_at, ".figure"), boxes(looked_at, ".figure dd:not(.more)"), strict=True):
        assert value["x"] + value["width"] <= figure["x"] + figure["width"] + 0.5
        assert value["height"] < 30
    figures = boxes(looked_at, ".figure")
    for one, other in pairwise(figures):
        assert one["x"] + one["width"] <= other["x"] or one["y"] + one["height"] <= other["y"]
    if width == 1440:
        assert looked_at.get_by_role("slider").bounding_box()["y"] < height / 2


def test_an_error_leads_to_its_event_and_to_the_problems(app):
    upload(app, "overloaded.json", (SAMPLES / "claude-sonnet-4_overloaded.json").read_bytes())
    expect(app.get_by_text("The stream ends with an error")).to_be_visible()
    expect(app.locator(".alarm.error")).to_contain_text("Overloaded (overloaded_error)")
    wait_for_streamlit(app)
    go = app.get_by_role("button", name="Go to event")
    go.focus()
    app.keyboard.press("Enter")
    expect(app).to_have_url(re.compile("event=12(&|$)"))
    # Once the deck has moved on, it seeks the event again.
    slider = app.get_by_role("slider", name="Position")
    error_at = slider.get_attribute("aria-valuenow")
    slider.press("Home")
    expect(slider).not_to_have_attribute("aria-valuenow", error_at)
    go.click()
    expect(slider).to_have_attribute("aria-valuenow", error_at)
    # While a script runs, Streamlit fades what it may replace.
    wait_for_streamlit(app)
    violations = Axe().run(app, ".stMain").response["violations"]
    assert [
        (one["id"], [node["html"][:90] for node in one["nodes"]])
        for one in violations
        if one["id"] in ("list", "color-contrast", "aria-allowed-role", "definition-list")
    ] == []
    app.get_by_role("link", name="1 problem").click()
    expect(app.get_by_role("tab", name="Problems")).to_have_attribute("aria-selected", "true")
    expect(app.get_by_role("tab", name="Problems")).to_be_in_viewport()
    expect(app).to_have_url(re.compile("event=12(&|$)"))


def test_an_answer_that_was_not_streamed_has_the_same_head_and_hostile_text_stays_text(app):
    call = {"id": "c", "type": "function", "function": {"name": "weather", "arguments": '{"city":"<b>Lima</b>"}'}}
    message = {"role": "assistant", "content": "Olá <img src=x>", "tool_calls": [call]}
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    body = {"model": "gpt-4o", "choices": [{"message": message, "finish_reason": "length"}], "usage": usage}
    response = {"code": 200, "status": "200 OK", "body": json.dumps(body)}
    asked = {
        "url": "https://api.openai.com/v1",
        "body": json.dumps({"messages": [{"role": "user", "content": HOSTILE * 9}]}),
    }
    tree = {"version": 2, "interactions": [{"request": asked, "response": response}]}
    upload(app, "whole.json", json.dumps(tree).encode())
    expect(app.get_by_role("heading", name="gpt-4o")).to_be_visible()
    expect(app.get_by_text("Answered without streaming: wrote text and called weather.")).to_be_visible()
    expect(app.get_by_text("The answer was cut off by its token limit")).to_be_visible()
    expect(app.locator(".figure").nth(0)).to_have_text("Input7 tokens")
    expect(app.get_by_text("Olá <img src=x>", exact=True)).to_be_visible()
    expect(app.get_by_text('weather({"city":"<b>Lima</b>"})')).to_be_visible()
    app.get_by_text("show all").click()
    expect(app.locator(".asked .whole")).to_have_text(HOSTILE * 9)
    assert app.locator(".sheet img").count() == 0
