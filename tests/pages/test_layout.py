"""What holds on all pages: accessibility in both themes, no width that overflows, and everything within reach of the keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.waiting import wait_for_streamlit, wait_for_width

TOOLS = "/?file=sample/weather-agent_tool-calls.yaml"
ERROR = "/?file=sample/claude-sonnet-4_overloaded.json"
COMPARE = "/compare?a=sample/gemma-3-270m_short.har&b=sample/qwen3_ollama.ndjson"
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(14, 17, 23)"}
# Streamlit's own elements are not ours to change.
THEIRS = ("data-testid", "stApp", "dvn-", "st-emotion")
WIDTHS = (360, 768, 2560, 1440)


def found_by_axe(page):
    """Return what axe finds in our elements, in both themes of the page as it stands."""
    found = []
    for scheme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        wait_for_streamlit(page)
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [
            (scheme, violation["id"], node["html"][:200])
            for violation in violations
            for node in violation["nodes"]
            if not any(theirs in node["html"] for theirs in THEIRS)
        ]
    return found


def overflowing(page):
    """Return the widths of the window at which the page is wider than the window."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wait_for_width(page, width)
        widths = page.get_by_test_id("stMain").evaluate(
            "node => [node.scrollWidth - node.clientWidth, document.documentElement.scrollWidth - innerWidth]"
        )
        if max(widths) > 0:
            found.append((width, widths))
    return found


def visit(page, server, address):
    """Go to an address and wait until all of it is drawn."""
    page.goto(server + address)
    page.locator("h1").first.wait_for()
    wait_for_streamlit(page)


@pytest.mark.parametrize("address", ["/", f"{TOOLS}&tab=Chunks", ERROR, f"{TOOLS}&view=calls", "/library", COMPARE])
def test_a_page_is_accessible_in_both_themes_and_fits_every_width(looked_at, server, address):
    visit(looked_at, server, address)
    assert found_by_axe(looked_at) == []
    assert overflowing(looked_at) == []


def test_the_dialogs_are_accessible_in_both_themes(looked_at, server):
    visit(looked_at, server, ERROR)
    looked_at.get_by_role("button", name="Open…").click()
    expect(looked_at.get_by_role("dialog")).to_be_visible()
    assert found_by_axe(looked_at) == []
    looked_at.keyboard.press("Escape")
    looked_at.get_by_role("button", name="Share").click()
    expect(looked_at.get_by_role("dialog").get_by_role("button").nth(1)).to_be_visible()
    assert found_by_axe(looked_at) == []


def test_the_transcript_fills_its_column_beside_the_inspector(looked_at, server):
    visit(looked_at, server, TOOLS)
    looked_at.get_by_role("tab", name="Tokens").wait_for()
    transcript = looked_at.get_by_role("region", name="Transcript")
    column = looked_at.locator(".st-key-below_deck").bounding_box()
    box = transcript.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(column["y"] + column["height"], abs=20)
    assert box["x"] + box["width"] < looked_at.locator(".st-key-inspector").bounding_box()["x"]
    assert transcript.evaluate("node => node.scrollHeight <= node.clientHeight")
    looked_at.set_viewport_size({"width": 1000, "height": 900})
    wait_for_width(looked_at, 1000)
    below = looked_at.locator(".st-key-inspector").bounding_box()
    assert transcript.bounding_box()["y"] + transcript.bounding_box()["height"] < below["y"]
    looked_at.set_viewport_size({"width": 1440, "height": 900})


def test_tab_reaches_the_bar_the_calls_the_deck_the_transcript_and_the_tabs_which_are_accessible(looked_at, server):
    visit(looked_at, server, TOOLS)
    looked_at.get_by_role("tab", name="Tokens").wait_for()
    reached = set()
    for _ in range(60):
        looked_at.keyboard.press("Tab")
        reached.add(
            looked_at.evaluate(
                """() => {
                  let node = document.activeElement;
                  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                  return node?.getAttribute('aria-label') || node?.innerText || node?.tagName;
                }"""
            )
        )
    for name in ("Library", "Search", "Open…", "Share", "Calls", "Play", "Position", "Transcript", "Copy all", "Event"):
        assert any(name in one for one in reached), (name, reached)
    looked_at.get_by_role("tab", name="Tokens").click()
    wait_for_streamlit(looked_at)
    assert found_by_axe(looked_at) == []
