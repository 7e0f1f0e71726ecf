"""The page of many recordings and the page of two."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def figure(page, label):
    return page.locator(".figures .figure").filter(has=page.get_by_text(label, exact=True)).locator("dd").first


@pytest.fixture
def library(app):
    app.get_by_role("link", name="Library").click()
    expect(app.get_by_role("heading", name="Library")).to_be_visible(timeout=30_000)
    return app


def test_the_library_lists_every_stream_answer_and_error_with_totals(library):
    expect(figure(library, "Streams and answers")).to_have_text("16")
    expect(library.get_by_text("14 stream, 1 answer, 1 error")).to_be_visible()
    expect(figure(library, "Time to first token")).to_have_text(re.compile("●$"))
    expect(library.get_by_test_id("stDataFrame")).to_be_visible()


def test_the_library_is_searched_inside_texts_and_a_link_keeps_the_search(library):
    library.get_by_role("searchbox", name="Search").fill("Rayleigh")
    library.get_by_role("searchbox", name="Search").press("Enter")
    expect(figure(library, "Streams and answers")).to_have_text("1")
    assert "q=Rayleigh" in library.evaluate("location.search")
    library.reload()
    expect(figure(library, "Streams and answers")).to_have_text("1", timeout=30_000)


def test_a_click_on_a_row_opens_its_stream(library):
    library.get_by_role("searchbox", name="Search").fill("Rayleigh")
    library.get_by_role("searchbox", name="Search").press("Enter")
    expect(figure(library, "Streams and answers")).to_have_text("1")
    table = library.get_by_test_id("stDataFrame").locator("visible=true")
    library.wait_for_timeout(500)
    box = table.bounding_box()
    library.mouse.click(box["x"] + 18, box["y"] + 35 + 17)
    expect(library.get_by_role("heading", name="qwen3:4b")).to_be_visible()
    assert "file=sample%2Fqwen3_ollama.ndjson" in library.evaluate("location.search")


def test_two_streams_are_compared_by_race_figures_and_differences(app, server):
    app.goto(f"{server}/compare?a=sample/gemma-3-270m_list.sse&b=sample/gemma-3-270m_reel.jsonl")
    expect(app.get_by_role("group", name="Replay of gemma-3-270m and gemma-3-270m")).to_be_visible()
    expect(app.get_by_text("They differ in", exact=False).first).to_be_visible()
    expect(app.get_by_text("Not timed alike")).to_be_visible()
    expect(app.get_by_role("heading", name="Figures")).to_be_visible()
    expect(app.locator(".diff").first).to_be_visible()


def test_more_than_two_race_and_stand_side_by_side(app, server):
    more = "&more=sample/qwen3_ollama.ndjson&more=sample/gemma-3-270m_curl.trace"
    app.goto(f"{server}/compare?a=sample/gemma-3-270m_list.sse&b=sample/gemma-3-270m_reel.jsonl{more}")
    names = "Replay of gemma-3-270m and gemma-3-270m and qwen3:4b and gemma-3-270m"
    expect(app.get_by_role("group", name=names)).to_be_visible()
    expect(app.get_by_role("heading", name="All of them")).to_be_visible()
    row = app.locator("tr").filter(has=app.get_by_text("Longest stall", exact=True)).first
    expect(row.locator("td")).to_have_count(5)
    expect(row.locator("td").nth(3)).to_have_text("0.652 s ◐")


def test_a_stream_compared_with_itself_does_not_differ(app, server):
    app.goto(f"{server}/compare?a=sample/qwen3_ollama.ndjson&b=sample/qwen3_ollama.ndjson")
    expect(app.get_by_text("No difference but times, ids and stamps.")).to_be_visible()


@pytest.mark.parametrize("path", ["?tab=Conversation", "?tab=Chunks", "?tab=Tokens", "library", "compare"])
def test_axe_finds_nothing_on_our_part_of_a_page(looked_at, server, path):
    looked_at.goto(f"{server}/{path}")
    looked_at.locator("h1").first.wait_for()
    for scheme in ("light", "dark"):
        looked_at.emulate_media(color_scheme=scheme)
        looked_at.wait_for_timeout(2000)
        found = Axe().run(looked_at).response["violations"]
        ours = [
            (scheme, violation["id"], node["html"][:120])
            for violation in found
            for node in violation["nodes"]
            if not any(theirs in node["html"] for theirs in ("data-testid", "stApp", "dvn-", "st-emotion"))
        ]
        assert ours == []


def test_everything_is_reached_with_the_keyboard_alone(app):
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
