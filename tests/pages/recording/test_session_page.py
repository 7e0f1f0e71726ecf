"""The page of a session of agents, in a browser: its rail, its waterfall and the search in its calls."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.pages.conftest import opened
from tests.support.agent_sessions import NEEDLE, SESSION, long_session

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}


def upload(page, name, lines):
    content = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/jsonl", "buffer": content}
    )
    page.get_by_role("tree", name="Calls").wait_for()


@pytest.fixture(scope="module")
def session(browser, browser_context_args, server):
    """A short session, open for all tests of this module."""
    with browser.new_context(**browser_context_args) as context, opened(context.new_page(), server, "/") as page:
        upload(page, "session.jsonl", SESSION)
        yield page


def rail(page):
    return page.get_by_role("tree", name="Calls")


def item(page, name):
    return rail(page).get_by_role("treeitem", name=name)


def show_whole(page):
    item(page, "Session of Claude Code").click()
    page.get_by_role("heading", name="Session of Claude Code").wait_for()


def test_the_rail_nests_turns_and_subagents_and_keys_walk_through_it(session):
    names = (
        rail(session)
        .get_by_role("treeitem")
        .evaluate_all("nodes => nodes.map(node => [node.ariaLevel, node.ariaLabel])")
    )
    assert [level for level, _ in names] == ["1", "1", "2", "2", "3", "4", "4", "2", "2", "1", "2", "2"]
    assert names[1][1].startswith("Turn 1: Fix the failing test, <b>please</b>., 6 calls")
    assert names[4][1].startswith("Subagent Explore: Search for rain, 2 calls")
    item(session, "0: Bash").click()
    expect(session.get_by_text(NEEDLE).first).to_be_visible()
    # Closed subagents are passed over.
    item(session, "Subagent Explore").click()
    expect(item(session, "2: Grep")).to_be_hidden()
    session.keyboard.press("j")
    expect(item(session, "4: Edit")).to_have_attribute("aria-selected", "true")
    session.wait_for_function("location.search.includes('stream=4')")
    # Left goes to the turn, closes it, and j opens it again.
    rail(session).press("ArrowLeft")
    rail(session).press("ArrowLeft")
    expect(item(session, "Turn 1")).to_have_attribute("aria-expanded", "false")
    expect(item(session, "4: Edit")).to_be_hidden()
    session.keyboard.press("j")
    expect(item(session, "0: Bash")).to_have_attribute("aria-selected", "true")
    item(session, "Subagent Explore").click()
    assert session.locator("b", has_text="please").filter(has_not_text="<b>").count() == 0


def test_the_waterfall_tells_model_tools_and_waiting_apart_and_opens_calls(session):
    show_whole(session)
    legend = session.locator(".legend")
    expect(legend).to_have_text(re.compile("model 15.2 s ◐.*tools 19.8 s ◐.*waiting for you 5 min 0 s ◐"))
    rows = session.locator(".session tbody tr:not(.spacer)")
    expect(rows).to_have_count(11)
    bars = (
        rows.nth(1)
        .locator(".part")
        .evaluate_all("nodes => nodes.map(node => [node.title, node.getBoundingClientRect().width])")
    )
    assert bars[0][0].startswith("model: at most 3.00 s ◐")
    assert bars[1][0].startswith("Bash: 5.00 s ◐ from its call to its result; ran 4.00 s")
    assert bars[1][1] / bars[0][1] == pytest.approx(5 / 3, rel=0.05)
    session.get_by_role("button", name="Zoom to turn 2").click()
    expect(session.locator(".tick").first).to_have_text("5:30")
    assert rows.nth(9).locator(".part").first.evaluate("node => node.getBoundingClientRect().width") > 100
    session.get_by_role("button", name="Whole session").click()
    session.get_by_role("button", name="Turns").click()
    expect(rows).to_have_count(2)
    session.get_by_role("button", name="cost", exact=True).click()
    expect(rows.first).to_have_text(re.compile("Fix the failing test"))
    session.get_by_role("button", name="#").click()
    session.get_by_role("button", name="Subagents").click()
    # Arrows walk over the rows, and Enter opens a call.
    rows.first.focus()
    session.keyboard.press("ArrowDown")
    session.keyboard.press("Enter")
    expect(item(session, "0: Bash")).to_have_attribute("aria-selected", "true")


def test_the_search_finds_a_tool_s_result_and_goes_to_its_call(session):
    show_whole(session)
    field = session.get_by_role("combobox", name="Search the calls")
    field.fill(NEEDLE)
    expect(session.get_by_role("status").filter(has_text="1 text in 1 call")).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    session.wait_for_function("location.search.includes('stream=0') && location.search.includes('event=0')")
    expect(session.get_by_role("group", name="result, sent back with request 1")).to_have_text(re.compile(NEEDLE))
    field.fill("Now run everything")
    session.get_by_role("option", name="prompt").click()
    session.wait_for_function("location.search.includes('stream=6')")
    expect(session.get_by_role("tab", name="Request")).to_have_attribute("aria-selected", "true")
    field.fill("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_session_can_be_read_by_everyone_and_fits_every_window(session, scheme):
    session.emulate_media(color_scheme=scheme)
    show_whole(session)
    found = Axe().run(session, options=RULES).response["violations"]
    own = [
        (one["id"], node["target"])
        for one in found
        for node in one["nodes"]
        if "shadow" in str(node) or ".calls" in str(node) or ".rail" in str(node)
    ]
    assert own == []
    for width in (768, 390):
        session.set_viewport_size({"width": width, "height": 900})
        wide = session.locator(".session .scroller").evaluate("node => node.scrollWidth - node.clientWidth")
        assert wide == 0
    session.set_viewport_size({"width": 1400, "height": 1000})


def test_a_session_of_a_thousand_calls_stays_quick(page, server):
    page.goto(f"{server}/")
    upload(page, "long.jsonl", long_session(40, 25))
    # It opens on the whole, so every turn is closed.
    expect(rail(page).get_by_role("treeitem")).to_have_count(1 + 40)
    page.get_by_role("heading", name="Session of Claude Code").wait_for()
    page.get_by_role("button", name="Subagents").click()
    # Only rows in sight are in the table.
    assert page.locator(".session tbody tr").count() < 80
    page.locator(".session .scroller").evaluate("node => { node.scrollTop = node.scrollHeight }")
    expect(page.locator(".session tbody tr", has_text="Step 39 is done")).to_be_visible()
