"""What holds on all pages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.pages.conftest import RECORDING
from tests.support.waiting import wait_for_streamlit


@pytest.mark.parametrize(
    "path", [RECORDING, f"{RECORDING}&tab=Chunks", f"{RECORDING}&tab=Tokens", "/library", "/compare"]
)
def test_axe_finds_nothing_in_our_elements(looked_at, server, path):
    looked_at.goto(f"{server}{path}")
    looked_at.locator("h1").first.wait_for()
    for scheme in ("light", "dark"):
        looked_at.emulate_media(color_scheme=scheme)
        colour = {"light": "rgb(255, 255, 255)", "dark": "rgb(14, 17, 23)"}[scheme]
        expect(looked_at.get_by_test_id("stApp")).to_have_css("background-color", colour)
        wait_for_streamlit(looked_at)
        found = Axe().run(looked_at).response["violations"]
        ours = [
            (scheme, violation["id"], node["html"][:120])
            for violation in found
            for node in violation["nodes"]
            if not any(theirs in node["html"] for theirs in ("data-testid", "stApp", "dvn-", "st-emotion"))
        ]
        assert ours == []


@pytest.mark.charts
def test_everything_can_be_reached_with_the_keyboard_alone(app):
    # The tabs are drawn after the deck.
    wait_for_streamlit(app)
    reached = set()
    for _ in range(60):
        app.keyboard.press("Tab")
        reached.add(
            app.evaluate(
                """() => {
                  let node = document.activeElement;
                  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                  return node?.getAttribute('aria-label') || node?.innerText || node?.tagName;
                }"""
            )
        )
    for name in ("Play", "Position", "Open…", "Event", "Chunks"):
        assert any(name in one for one in reached), (name, reached)
