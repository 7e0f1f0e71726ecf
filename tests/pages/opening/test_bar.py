"""The bar above every page: its links keep what is open, and it works at every width."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.waiting import choose_tab, wait_for_streamlit, wait_for_width

TOOLS = "file=sample%2Fweather-agent_tool-calls.yaml"


def search_of(page):
    return page.evaluate("location.search")


def link(page, name):
    return page.get_by_role("navigation", name="Pages").get_by_role("link", name=name)


def test_moving_between_pages_keeps_the_recording_its_tab_and_its_moment(app):
    choose_tab(app, "HTTP")
    app.get_by_role("slider", name="Position").press("5")
    before = search_of(app)
    assert {"tab=HTTP", "t"} <= {part if part == "tab=HTTP" else part.split("=")[0] for part in before[1:].split("&")}
    link(app, "Library").click()
    expect(app.get_by_role("heading", name="Library")).to_be_visible()
    expect(link(app, "Library")).to_have_attribute("aria-current", "page")
    assert search_of(app) == "?file=sample%2Fgrok-code-fast-1_simple_streaming.yaml"
    link(app, "Recording").click()
    expect(app.get_by_role("group", name="Replay of grok")).to_be_visible()
    assert search_of(app) == before
    expect(app.get_by_role("tab", name="HTTP")).to_have_attribute("aria-selected", "true")
    link(app, "Compare").click()
    expect(app.get_by_role("heading", name="Which is faster cannot be told.")).to_be_visible()
    assert "a=sample%2Fgrok-code-fast-1_simple_streaming.yaml" in search_of(app)
    app.get_by_role("link", name="Cassette viewer").click()
    expect(app.get_by_role("heading", name="See what was asked")).to_be_visible()
    expect(app.get_by_test_id("stSidebar").get_by_role("combobox")).to_have_count(0)


def test_the_search_opens_the_library_and_searches_there_again(app):
    field = app.get_by_role("searchbox", name="Search all recordings")
    figure = app.locator(".figures .figure").filter(has=app.get_by_text("Streams and answers")).locator("dd").first
    for words, count in (("Rayleigh", "1"), ("Lima", "4")):
        field.fill(words)
        field.press("Enter")
        expect(figure).to_have_text(count)
        assert search_of(app).endswith(f"q={words}")


def test_another_recording_is_picked_in_one_step_of_the_history(app):
    choose_tab(app, "HTTP")
    app.get_by_role("slider", name="Position").press("5")
    before = search_of(app)
    app.get_by_role("combobox", name="Recording").click()
    app.get_by_role("option", name=re.compile("qwen3_ollama")).click()
    expect(app.get_by_role("heading", name="qwen3:4b")).to_be_visible()
    expect(app).to_have_title("qwen3_ollama.ndjson · Cassette viewer")
    expect(app.get_by_role("tab", name="HTTP")).to_have_attribute("aria-selected", "true")
    assert set(search_of(app)[1:].split("&")) == {"file=sample%2Fqwen3_ollama.ndjson", "tab=HTTP"}
    app.evaluate("history.back()")
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()
    assert search_of(app) == before


def test_a_recording_to_compare_with_is_picked_from_the_bar(app):
    app.get_by_role("button", name="Compare with…").click()
    app.get_by_role("combobox", name="Compare with").click()
    app.get_by_role("option", name=re.compile("qwen3_ollama")).click()
    expect(app.get_by_role("group", name="Replay of A · grok-code-fast-1 and B · qwen3:4b")).to_be_visible()


def test_the_theme_is_switched_on_every_page_and_keeps_what_is_shown(app):
    app.get_by_role("slider", name="Position").press("5")
    before = search_of(app)
    app.get_by_role("button", name="Light or dark").click()
    expect(app.get_by_test_id("stApp")).to_have_css("background-color", "rgb(14, 17, 23)")
    expect(app.get_by_role("group", name="Replay of")).to_be_visible()
    assert search_of(app) == before
    app.goto(app.url.split("?")[0] + "library")
    expect(app.get_by_test_id("stApp")).to_have_css("background-color", "rgb(14, 17, 23)")
    app.get_by_role("button", name="Help").click()
    expect(app.get_by_role("dialog", name="Help").get_by_text("play, pause")).to_be_visible()
    app.keyboard.press("Escape")
    expect(app.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 2560])
def test_the_bar_stays_in_sight_and_within_the_window(looked_at, width):
    looked_at.set_viewport_size({"width": width, "height": 700})
    wait_for_width(looked_at, width)
    wait_for_streamlit(looked_at)
    looked_at.get_by_test_id("stMain").evaluate("node => node.scrollTo(0, 500)")
    for part in (link(looked_at, "Compare"), looked_at.get_by_role("button", name="Help")):
        box = part.bounding_box()
        assert 0 <= box["x"] <= width - box["width"]
        # Two lines at most.
        assert 0 <= box["y"] <= 60
        part.click(trial=True)
