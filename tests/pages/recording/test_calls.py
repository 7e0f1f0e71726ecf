"""The rail of calls, and the grid of all of them, in a browser."""

import re

from playwright.sync_api import expect

from tests.support.waiting import wait_for_streamlit

AGENT = "?file=sample/weather-agent_tool-calls.yaml"


def rail(page):
    return page.get_by_role("listbox", name="Calls")


def current(page):
    return rail(page).get_by_role("option", selected=True)


def heading(page, name):
    return page.get_by_role("heading", name=name)


def open_agent(page, server, query=""):
    page.goto(f"{server}/{AGENT}{query}")
    rail(page).wait_for()


def wait_for_address(page, *wanted, without=()):
    page.wait_for_function(
        "([wanted, without]) => wanted.every(part => location.search.includes(part))"
        " && without.every(name => !new URLSearchParams(location.search).has(name))",
        arg=[wanted, without],
    )


def test_a_call_is_opened_by_click_and_by_key_and_back_undoes_it(page, server):
    open_agent(page, server, "&event=3&t=0.1&tab=Tokens")
    # The page opens on the longest answer, and says what each call did and what was wrong.
    expect(current(page)).to_have_text(re.compile("Lima is warmer: it is 19 °C there"))
    names = rail(page).get_by_role("option").evaluate_all("nodes => nodes.map(node => node.ariaLabel)")
    assert names[0] == "All 4 calls: 283 in, 68 out · $0.000074 plus 1 call without a price · 1 error"
    assert re.fullmatch("0: Rate limit reached for gpt-4o-mini.*, error, 429, ≥ 61.2 ms", names[1])
    assert names[2] == "1: weather ×2, 84 in · 46 out, ≥ 0.413 s"
    assert names[4] == "3: “Lima against Oslo”, 31 in · 4 out, ≥ 0.505 s"
    rail(page).get_by_role("option", name="1: weather").click()
    expect(page.get_by_text("Called weather twice").first).to_be_visible()
    wait_for_address(page, "stream=1", "tab=Tokens", without=["event", "t"])
    page.go_back()
    expect(current(page)).to_have_text(re.compile("Lima is warmer"))
    page.go_forward()
    expect(page.get_by_text("Called weather twice").first).to_be_visible()
    wait_for_streamlit(page)
    # Neither letters that are typed nor those with a modifier walk.
    page.get_by_placeholder("Find").first.press("k")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Find").first.evaluate("node => node.blur()")
    page.keyboard.press("k")
    expect(heading(page, "429 Too Many Requests")).to_be_visible()
    wait_for_address(page, "stream=0")
    page.keyboard.press("j")
    expect(page.get_by_text("Called weather twice").first).to_be_visible()
    expect(current(page)).to_have_text(re.compile("weather ×2"))
    # Walking on to the call that the page opened on leaves the address without it.
    page.keyboard.press("j")
    wait_for_address(page, "file=", without=["stream"])
    expect(current(page)).to_have_text(re.compile("Lima is warmer"))
    rail(page).focus()
    page.keyboard.press("End")
    wait_for_address(page, "stream=3")
    page.keyboard.press("Home")
    expect(heading(page, "All 4 calls")).to_be_visible()
    wait_for_address(page, "view=calls")


def test_the_grid_answers_which_call_was_slowest_and_opens_calls(page, server):
    open_agent(page, server, "&view=calls")
    rows = page.get_by_role("table").locator("tbody tr")
    first = rows.locator("td:first-child")
    expect(first).to_have_text(["0", "1", "2", "3"])
    page.get_by_role("button", name="length").click()
    expect(first).to_have_text(["3", "1", "2", "0"])
    expect(page.get_by_role("columnheader", name="length")).to_have_attribute("aria-sort", "descending")
    # One row can be reached by Tab, the others by arrows, and Enter opens the call.
    page.keyboard.press("Tab")
    for _ in range(8):
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.tagName") == "TR":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Called weather twice").first).to_be_visible()
    wait_for_address(page, "stream=1", without=["view"])
    page.go_back()
    # Until then, the grid of before may still be on the page, and a click on it would be lost.
    expect(current(page)).to_have_text(re.compile("All 4 calls"))
    page.get_by_role("button", name="result of weather in call 2").first.click()
    expect(current(page)).to_have_text(re.compile("Lima is warmer"))
    wait_for_address(page, "file=", without=["view", "stream"])


def test_the_grid_fits_a_narrow_window(page, server):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{server}/{AGENT}&view=calls")
    page.get_by_role("table").wait_for()
    assert page.locator(".scroller").evaluate("node => node.scrollWidth - node.clientWidth") == 0
    expect(page.get_by_role("columnheader", name="length")).to_be_visible()


def test_a_cassette_with_one_interaction_has_no_rail(looked_at):
    expect(rail(looked_at)).to_have_count(0)
