"""The keys of the deck if nothing has the focus, and if another element of the page has it."""

import json

import pytest
from playwright.sync_api import expect

import viewer
from viewer.display import deck
from viewer.display.deck import make_tape
from viewer.display.html_page import html_page

KEYS = ("Space", "5", "Home", "ArrowLeft", "Shift+ArrowLeft", "[", ",", "<", "l")

# Every listener that a deck could leave behind is on one of these.
OUTSIDE = ("window", "document", "document.documentElement", "document.body")

START = """
const decks = [...document.querySelectorAll('.host')].map((host) =>
  mount(host, JSON.parse(document.getElementById('data').textContent)));
Object.assign(window, { decks, mount });
"""


@pytest.fixture(scope="module")
def tape():
    events = [{"choices": [{"index": 0, "delta": {"content": f"word{index} "}}]} for index in range(100)]
    stamped = [f"{index / 10:.6f} data: {json.dumps(event)}\n{index / 10:.6f} \n" for index, event in enumerate(events)]
    stream = viewer.load("".join(stamped).encode(), "stamped.ts").streams[0]
    assert stream.timing.grade == "measured"
    return make_tape([stream])


@pytest.fixture
def in_host(strict, tmp_path, tape):
    """Open a page that is longer than the window, with a deck in every element of the class `host`."""

    def show(body, start=START):
        path = tmp_path / "host.html"
        style = f"{deck.stylesheet()} main {{ padding-bottom: 3000px }} .below {{ margin-top: 2000px }}"
        page = html_page("A host", f"<main>{body}</main>", style=style, script=f"{deck.script()}{start}", data=tape)
        path.write_text(page, encoding="utf-8")
        strict.goto(path.as_uri())
        return strict

    return show


def playing(page):
    return page.evaluate("decks.map((deck) => deck.playing)")


def states(page):
    """Everything that a key could change. Until a key is pressed, a deck is at its end."""
    return page.evaluate(
        "[decks.map((deck) => ({ ...deck.state, playing: deck.playing })), document.querySelectorAll('[aria-pressed=true]').length]"
    )


def scrolls(page):
    """Whether the page begins to scroll. Its policy forbids the script that Playwright would use to wait for it."""
    return page.evaluate(
        """async () => {
          for (let frames = 0; frames < 120 && !scrollY; frames += 1) await new Promise(requestAnimationFrame);
          return scrollY > 0;
        }"""
    )


def listeners(page):
    """The listeners outside of the deck, as the browser reports them."""
    session = page.context.new_cdp_session(page)
    found = []
    for target in OUTSIDE:
        one = session.send("Runtime.evaluate", {"expression": target})["result"]["objectId"]
        listening = session.send("DOMDebugger.getEventListeners", {"objectId": one})["listeners"]
        found += [(target, listener["type"]) for listener in listening]
    return sorted(found)


def test_space_on_a_fresh_page_plays_and_does_not_scroll(in_host):
    page = in_host("<div class=host></div>")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("Space")
    assert playing(page) == [True]
    assert not scrolls(page)
    page.keyboard.press("Space")
    assert playing(page) == [False]


def test_every_other_key_of_the_deck_works_on_a_fresh_page(in_host):
    page = in_host("<div class=host></div>")
    page.keyboard.press("5")
    assert page.evaluate("decks[0].position") == pytest.approx(4.95)
    page.keyboard.press("ArrowRight")
    assert page.evaluate("decks[0].position") == pytest.approx(4.95 + 0.05 * 9.9)
    page.keyboard.press("/")
    page.keyboard.type("word7 ")
    expect(page.get_by_label("Find in the text")).to_have_value("word7 ")
    assert playing(page) == [False]


def test_keys_work_if_the_deck_is_in_a_shadow_root(in_host):
    shadow = START.replace("mount(host,", "mount(host.attachShadow({ mode: 'open' }),")
    page = in_host("<div class=host></div>", shadow)
    page.keyboard.press("Space")
    assert playing(page) == [True]
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Space")
    # Only the button handled the key: the deck did not play again after the button paused it.
    assert playing(page) == [False]


OTHERS = (
    "<input>",
    "<textarea></textarea>",
    "<select><option>5<option>l</select>",
    "<button type=button>Do</button>",
    "<a href='#here'>Go</a>",
    "<table tabindex=0><tr><td>1</table>",
    "<div contenteditable>text</div>",
    "<details><summary>More</summary></details>",
)


def test_keys_pressed_in_other_elements_do_not_reach_the_deck(in_host):
    page = in_host("".join(f"<div class=other>{other}</div>" for other in OTHERS) + "<div class=host></div>")
    before = states(page)
    for place, other in enumerate(OTHERS):
        page.locator(".other :is(summary, :not(details, option, tr, td, tbody))").nth(place).evaluate(
            "node => { document.activeElement.blur(); node.focus({ preventScroll: true }) }"
        )
        assert page.evaluate("document.activeElement !== document.body")
        for key in KEYS:
            page.keyboard.press(key)
        assert states(page) == before, other


def test_text_typed_in_an_input_elsewhere_stays_in_it(in_host):
    page = in_host("<input><div class=host></div>")
    page.locator("main > input").focus()
    page.keyboard.type("l 5 [i]")
    expect(page.locator("main > input")).to_have_value("l 5 [i]")
    assert playing(page) == [False]


def test_keys_with_a_modifier_belong_to_the_browser(in_host):
    page = in_host("<div class=host></div>")
    page.evaluate("addEventListener('keydown', (event) => (window.prevented ??= []).push(event.defaultPrevented))")
    before = states(page)
    for modifier in ("Control", "Alt", "Meta"):
        for key in ("Space", "l", "i", "["):
            page.keyboard.press(f"{modifier}+{key}")
    assert states(page) == before
    assert True not in page.evaluate("prevented")


def test_keys_without_a_command_are_left_to_the_page(in_host):
    page = in_host("<div class=host></div>")
    page.keyboard.press("PageDown")
    assert scrolls(page)


def test_only_the_first_of_two_visible_decks_plays(in_host):
    page = in_host("<div class=host></div><div class=host></div>")
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.keyboard.press("Space")
    assert playing(page) == [True, False]
    page.keyboard.press("Space")
    assert playing(page) == [False, False]


def test_the_focused_deck_takes_keys_before_the_first_one(in_host):
    page = in_host("<div class=host></div><div class=host></div>")
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.get_by_role("slider").nth(1).focus()
    page.keyboard.press("Space")
    assert playing(page) == [False, True]


def test_the_visible_deck_plays_not_one_that_is_scrolled_away_or_hidden(in_host):
    page = in_host("<div class=host hidden></div><div class=host></div><div class='host below'></div>")
    page.keyboard.press("Space")
    assert playing(page) == [False, True, False]
    page.keyboard.press("Space")
    page.evaluate("document.querySelector('.below').scrollIntoView()")
    page.keyboard.press("Space")
    assert playing(page) == [False, False, True]


def test_without_a_visible_deck_space_scrolls_the_page(in_host):
    page = in_host("<div class='host below'></div>")
    page.keyboard.press("Space")
    assert scrolls(page)
    assert playing(page) == [False]


def test_a_key_that_the_page_has_handled_is_ignored(in_host):
    taking = "document.addEventListener('keydown', (event) => event.preventDefault());"
    page = in_host("<div class=host></div>", taking + START)
    page.keyboard.press("Space")
    assert playing(page) == [False]


def test_a_destroyed_deck_leaves_no_listeners(in_host):
    page = in_host("<div class=host></div>", "window.decks = []; window.mount = mount;")
    before = listeners(page)
    mount = (
        "decks.push(mount(document.querySelector('.host'), JSON.parse(document.getElementById('data').textContent)))"
    )
    page.evaluate(mount)
    assert ("document", "keydown") in listeners(page)
    page.evaluate("decks[0].destroy()")
    assert listeners(page) == before
    page.keyboard.press("5")
    assert page.evaluate("decks[0].position") == page.evaluate("decks[0].end")
    page.keyboard.press("Space")
    assert scrolls(page)
    assert playing(page) == [False]


def test_a_notebook_keeps_its_keys_until_the_frame_of_the_deck_has_the_focus(strict, tmp_path, seed_stream):
    path = tmp_path / "notebook.html"
    output = seed_stream._repr_html_()
    path.write_text(f"<!doctype html><meta charset=utf-8>{output}<p>{'another cell<br>' * 200}", encoding="utf-8")
    strict.goto(path.as_uri())
    frame = strict.frame_locator("iframe")
    play = frame.get_by_role("button", name="Play", exact=True)
    play.wait_for()
    strict.keyboard.press("5")
    strict.keyboard.press("Space")
    assert scrolls(strict)
    expect(play).to_be_visible()
    scrubber = frame.get_by_role("slider")
    assert scrubber.get_attribute("aria-valuenow") == scrubber.get_attribute("aria-valuemax")
    # A click on an element that cannot be focused moves the focus to the frame, but to no element in it.
    frame.locator(".deck-figures").click()
    here = strict.evaluate("scrollY")
    strict.keyboard.press("Space")
    expect(frame.get_by_role("button", name="Pause")).to_be_visible()
    assert strict.evaluate("scrollY") == here
