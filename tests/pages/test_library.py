"""The comparison, and what holds on all pages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.waiting import wait_for_streamlit


def test_two_streams_are_compared_by_race_figures_and_differences(app, server):
    app.goto(f"{server}/compare?a=sample/gemma-3-270m_list.sse&b=sample/gemma-3-270m_reel.jsonl")
    expect(app.get_by_role("group", name="Replay of A · gemma-3-270m and B · gemma-3-270m")).to_be_visible()
    expect(app.get_by_role("heading", name="A · gemma-3-270m and B · gemma-3-270m")).to_be_visible()
    for letter in "AB":
        expect(app.locator(".deck-name").get_by_text(f"{letter} · gemma-3-270m")).to_be_visible()
        expect(app.locator(".deck-label-head").get_by_text(f"{letter} · gemma-3-270m")).to_be_visible()
    expect(app.get_by_text("measured: recorded by the client or a proxy")).to_be_visible()
    expect(app.get_by_text("paced: speed not recorded", exact=False)).to_have_count(0)
    expect(app.get_by_text("The recordings differ in", exact=False).first).to_be_visible()
    expect(app.get_by_text("The times are not equally exact")).to_be_visible()
    expect(app.get_by_role("heading", name="Figures")).to_be_visible()
    expect(app.locator(".diff").first).to_be_visible()


def test_more_than_two_streams_race_and_are_listed_side_by_side(app, server):
    more = "&more=sample/qwen3_ollama.ndjson&more=sample/gemma-3-270m_curl.trace"
    app.goto(f"{server}/compare?a=sample/gemma-3-270m_list.sse&b=sample/gemma-3-270m_reel.jsonl{more}")
    names = "Replay of A · gemma-3-270m and B · gemma-3-270m and C · qwen3:4b and D · gemma-3-270m"
    expect(app.get_by_role("group", name=names)).to_be_visible()
    expect(app.get_by_role("heading", name="All streams")).to_be_visible()
    row = app.locator("tr").filter(has=app.get_by_text("Longest stall", exact=True)).first
    expect(row.locator("td")).to_have_count(5)
    expect(row.locator("td").nth(3)).to_have_text("0.652 s ◐")


def test_a_stream_compared_with_itself_does_not_differ(app, server):
    app.goto(f"{server}/compare?a=sample/qwen3_ollama.ndjson&b=sample/qwen3_ollama.ndjson")
    expect(app.get_by_text("No differences. Times, ids and timestamps are not compared.")).to_be_visible()


@pytest.mark.parametrize("path", ["?tab=Conversation", "?tab=Chunks", "?tab=Tokens", "library", "compare"])
def test_axe_finds_nothing_in_our_elements(looked_at, server, path):
    looked_at.goto(f"{server}/{path}")
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
    for name in ("Play", "Position", "Upload", "Timeline"):
        assert any(name in one for one in reached), (name, reached)
