"""The comparison: it starts with what is open, answers first, and shows only what differs."""

import re

from playwright.sync_api import expect

from tests.support.waiting import wait_for_width

LIST, REEL = "sample/gemma-3-270m_list.sse", "sample/gemma-3-270m_reel.jsonl"


def row(page, label):
    return page.locator(".pair").filter(has=page.get_by_text(label, exact=True))


def test_two_streams_are_compared_by_an_answer_bars_a_race_and_differences(app, server):
    app.goto(f"{server}/compare?a={LIST}&b={REEL}")
    expect(app.get_by_role("heading", name="A is faster.")).to_be_visible()
    expect(app.get_by_text("6.02 s instead of 2.00 s to 4.00 s (at least 2.02 s apart)", exact=False)).to_be_visible()
    expect(row(app, "First to last chunk").locator(".pair-difference")).to_have_text("at least 2.02 s more")
    unclear = app.locator(".pair.grey").first
    expect(unclear.locator(".pair-difference")).to_contain_text("cannot be told apart")
    expect(app.get_by_role("group", name="Replay of A · gemma-3-270m and B · gemma-3-270m")).to_be_visible()
    expect(app.locator(".diff").first).to_be_visible()
    # What agrees is counted, and shown in its place once it is asked for.
    folded = app.get_by_text(re.compile("^[0-9]+ figures agree$"))
    expect(folded).to_be_visible()
    expect(row(app, "Tokens: reasoning")).to_be_hidden()
    app.get_by_text("Only differences").click()
    expect(folded).to_have_count(0)
    expect(row(app, "Tokens: output, including reasoning").locator(".pair-difference")).to_have_text("the same")


def test_the_open_recording_is_a_one_like_it_is_b_and_both_can_be_swapped(app, server):
    app.goto(f"{server}/compare?file={LIST}")
    expect(app.get_by_role("combobox", name="A", exact=True)).to_have_value(re.compile("gemma-3-270m_list"))
    other = app.get_by_role("combobox", name="B", exact=True)
    expect(other).to_have_value(re.compile("gemma-3-270m_"))
    name = other.input_value()
    app.get_by_role("button", name="⇄").click()
    expect(app.get_by_role("combobox", name="A", exact=True)).to_have_value(name)
    expect(other).to_have_value(re.compile("gemma-3-270m_list"))
    assert "b=sample%2Fgemma-3-270m_list.sse" in app.evaluate("location.search")


def test_more_than_two_streams_race_and_are_listed_side_by_side(app, server):
    more = "&more=sample/qwen3_ollama.ndjson&more=sample/gemma-3-270m_curl.trace"
    app.goto(f"{server}/compare?a={LIST}&b={REEL}{more}")
    names = "Replay of A · gemma-3-270m and B · gemma-3-270m and C · qwen3:4b and D · gemma-3-270m"
    expect(app.get_by_role("group", name=names)).to_be_visible()
    stalls = app.locator("tr").filter(has=app.get_by_text("Longest stall", exact=True)).first
    expect(stalls.locator("td")).to_have_count(4)
    expect(stalls.locator("td").nth(2)).to_have_text("0.652 s ◐")


def test_a_stream_compared_with_itself_does_not_differ(app, server):
    app.goto(f"{server}/compare?a=sample/qwen3_ollama.ndjson&b=sample/qwen3_ollama.ndjson")
    expect(app.get_by_role("heading", name="Both are equally fast.")).to_be_visible()
    expect(app.get_by_text("No figure differs.")).to_be_visible()
    expect(app.locator(".diff")).to_have_count(0)


def test_a_link_to_a_file_that_is_not_here_says_so_and_keeps_the_rest(app, server):
    app.goto(f"{server}/compare?a={'0' * 64}&b={REEL}")
    expect(app.get_by_role("heading", name="This recording is not open here")).to_be_visible()
    expect(app.get_by_text("a file whose SHA-256 begins with 000000000000")).to_be_visible()
    assert REEL in app.evaluate("decodeURIComponent(location.search)")


def test_the_page_fits_a_narrow_screen(looked_at, server):
    looked_at.goto(f"{server}/compare?a={LIST}&b={REEL}")
    looked_at.locator(".pairs").first.wait_for()
    looked_at.set_viewport_size({"width": 360, "height": 800})
    wait_for_width(looked_at, 360)
    assert looked_at.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth")
    looked_at.set_viewport_size({"width": 1400, "height": 1000})
