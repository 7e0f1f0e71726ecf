"""A deck whose tape grows while it is shown, in a real browser."""

import json

import pytest
from playwright.sync_api import expect

import viewer
from viewer.display import deck
from viewer.display.deck import make_tape
from viewer.display.html_page import html_page

START = """
const tapes = JSON.parse(document.getElementById('data').textContent);
const show = (count) => tapes[count - 1];
const player = mount(document.getElementById('deck'), show(10), { isGrowing: true });
Object.assign(window, { player, show, mount });
"""
PIECE_S = 0.1


def events():
    """Thinking, text, a tool call and the finish, of which each piece of thinking and text is a line of its own."""
    for index in range(20):
        yield {"choices": [{"index": 0, "delta": {"reasoning_content": f"thought {index}\n"}}]}
    for index in range(60):
        yield {"choices": [{"index": 0, "delta": {"content": f"word {index}\n"}}]}
    for part in ('{"city": ', '"Lima"}'):
        call = {"index": 0, "id": "call_0", "function": {"name": "weather", "arguments": part}}
        yield {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
    yield {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}


@pytest.fixture(scope="module")
def tapes():
    """The tape of the stream after each of its events."""
    lines = [
        f"{index * PIECE_S:.6f} data: {json.dumps(event)}\n{index * PIECE_S:.6f} \n"
        for index, event in enumerate(events())
    ]
    prefixes = [viewer.load("".join(lines[:count]).encode(), "stamped.ts") for count in range(1, len(lines) + 1)]
    assert {one.streams[0].timing.grade for one in prefixes[1:]} == {"measured"}
    return [make_tape(one.streams) for one in prefixes]


@pytest.fixture
def growing(strict, tmp_path, tapes):
    """A page with a deck that shows the first ten events of a stream that has not ended."""
    path = tmp_path / "growing.html"
    body = '<main><div id="deck"></div></main>'
    page = html_page("Growing", body, style=deck.stylesheet(), script=deck.script() + START, data=tapes)
    path.write_text(page, encoding="utf-8")
    strict.goto(path.as_uri())
    return strict


def grow(page, count, *, is_growing=True):
    page.evaluate("([count, isGrowing]) => player.grow(show(count), isGrowing)", [count, is_growing])


def block(page, label):
    return page.locator(".deck-transcript-block", has=page.locator(f".deck-block-label:text-is('{label}')"))


def scroll_of(page):
    """How far the transcript is scrolled, and how much is left, in pixels."""
    return page.locator(".deck-transcript").evaluate(
        "(one) => [one.scrollTop, one.scrollHeight - one.clientHeight - one.scrollTop]"
    )


def test_it_stays_at_the_end_while_the_tape_grows(growing):
    page = growing
    expect(page.get_by_role("button", name="Live")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert block(page, "thinking").locator(".deck-text").inner_text().endswith("thought 9\n")
    for count in range(11, 81):
        grow(page, count)
    assert page.evaluate("player.position") == pytest.approx(7.9)
    # Thinking folds when something comes after it.
    expect(block(page, "thinking").locator(".deck-block-body")).to_be_hidden()
    assert block(page, "text").locator(".deck-text").inner_text().endswith("word 59\n")
    assert scroll_of(page)[1] < 24
    assert page.locator(".deck-label").all_inner_texts()[-2:] == ["reasoning", "content"]
    grow(page, 83, is_growing=False)
    assert page.locator(".deck-label").all_inner_texts()[-2:] == ["content", "weather"]
    expect(page.locator(".deck-flag")).to_have_text("finish: tool_calls")
    # The arguments are whole, so they are indented.
    expect(block(page, "weather").locator(".deck-text:visible")).to_have_text('{\n  "city": "Lima"\n}')
    expect(page.get_by_role("button", name="Live")).to_be_hidden()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate("[player.position, player.live, player.playing]") == [pytest.approx(8.2), False, False]


def test_a_deck_that_has_grown_shows_what_one_of_the_whole_tape_shows(growing):
    page = growing
    for count in (11, 25, 26, 80, 81):
        grow(page, count)
    grow(page, 83, is_growing=False)
    shown = """() => {
      const canvas = document.querySelector('.deck-canvas');
      return {
        texts: [...document.querySelectorAll('.deck-text')].map((one) => one.textContent),
        titles: [...document.querySelectorAll('.deck-block-title')].map((one) => one.textContent),
        labels: [...document.querySelectorAll('.deck-label')].map((one) => one.textContent),
        flags: [...document.querySelectorAll('.deck-flag')].map((one) => [one.textContent, one.style.left]),
        figures: document.querySelector('.deck-figures').textContent,
        picture: canvas.toDataURL(),
        state: player.state,
      };
    }"""
    grown = page.evaluate(shown)
    page.evaluate("() => { player.destroy(); window.player = mount(document.getElementById('deck'), show(83)); }")
    assert page.evaluate(shown) == grown


@pytest.mark.parametrize("how", ["pause", "scrub"])
def test_it_stays_where_the_reader_went_and_live_goes_to_the_end(growing, how):
    page = growing
    grow(page, 60)
    if how == "pause":
        page.get_by_role("button", name="Pause").click()
    else:
        page.get_by_role("slider").click(position={"x": 300, "y": 8})
    position = page.evaluate("player.position")
    assert (position == pytest.approx(5.9)) == (how == "pause")
    text = block(page, "text").locator(".deck-text").inner_text()
    grow(page, 70)
    assert page.evaluate("[player.position, player.live, player.end]") == [position, False, pytest.approx(6.9)]
    assert block(page, "text").locator(".deck-text").inner_text() == text
    page.get_by_role("button", name="Live").click()
    assert page.evaluate("[player.position, player.live]") == [pytest.approx(6.9), True]
    grow(page, 75)
    assert block(page, "text").locator(".deck-text").inner_text().endswith("word 54\n")


def test_playing_reaches_the_end_and_is_live_again(growing):
    page = growing
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate("() => { player.seek(0.2); player.setSpeed(16); player.play(); return player.live; }") is False
    grow(page, 20)
    expect(page.get_by_role("button", name="Live")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("player.position") == pytest.approx(1.9)


def test_selection_scroll_zoom_speed_and_folding_outlast_the_growing(growing):
    page = growing
    grow(page, 70)
    page.evaluate("() => { player.setSpeed(2); player.select(25, false); player.setView([2, 4]); }")
    block(page, "thinking").locator(".deck-fold").click()
    page.locator(".deck-transcript").evaluate("(one) => { one.scrollTop = 40; }")
    page.wait_for_timeout(50)
    select = """() => {
      const node = document.querySelectorAll('.deck-text')[1].firstChild.firstChild;
      getSelection().setBaseAndExtent(node, 2, node, 12);
    }"""
    page.evaluate(select)
    before = page.evaluate("getSelection().toString()")
    grow(page, 75)
    grow(page, 83, is_growing=False)
    assert page.evaluate("getSelection().toString()") == before
    assert scroll_of(page)[0] == 40
    assert page.evaluate("player.state.speed") == 2
    assert page.locator(".deck-thumb").evaluate("(one) => parseFloat(one.style.left)") == pytest.approx(
        100 * 2 / 8.2, abs=0.01
    )
    expect(block(page, "text")).to_have_class("deck-transcript-block deck-of-content deck-selected-block")
    expect(block(page, "thinking").locator(".deck-block-body")).to_be_visible()


def test_a_tape_that_is_drawn_in_another_way_is_shown_anew(growing):
    page = growing
    other = """() => {
      const tape = structuredClone(show(20));
      Object.assign(tape.streams[0], { grade: 'paced', mark: '○', axis: 'chunks', pace: { all: 20000 }, duration: 20 });
      Object.assign(tape.streams[0].draws, { rate: 'none', live_rate: false, gaps: false });
      tape.streams[0].lanes[0].t = tape.streams[0].lanes[0].t.map((_, index) => index + 1);
      player.grow(tape);
    }"""
    page.evaluate(other)
    expect(page.locator(".deck")).to_have_count(1)
    expect(page.locator(".deck-grade")).to_have_text("○ speed not recorded")
    assert page.evaluate("[player.position, player.live]") == [20, True]
