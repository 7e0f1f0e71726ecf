"""The deck on the page of one recording, in step with the other parts of the page."""

import re

import pytest
from playwright.sync_api import expect

import viewer
from tests.conftest import SAMPLES, SEED
from tests.support.waiting import choose_tab, positions_of_frames, wait_for_position, wait_until

PANES = {"reasoning": "reasoning", "content": "content"}
LENGTH_S = 1.963415


def text_of(page, kind):
    return "".join(page.locator(f".deck-text-{kind}").all_text_contents())


def scrubber(page):
    return page.get_by_role("slider", name="Position")


def position(page):
    return float(scrubber(page).get_attribute("aria-valuenow"))


def measured(page):
    return page.locator(".deck-range")


def open_sample(page, server, name, more=""):
    page.goto(f"{server}/?file=sample/{name}{more}")
    page.get_by_role("group", name="Replay of").wait_for()


def drag(page, begin, end, y=60):
    box = scrubber(page).bounding_box()
    page.mouse.move(box["x"] + box["width"] * begin, box["y"] + y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + y, steps=3)
    page.mouse.up()


@pytest.mark.alone
def test_the_deck_plays_to_the_end_and_shows_exactly_the_recorded_text(app, seed_stream):
    app.get_by_role("button", name="Play").click()
    expect(app.get_by_role("button", name="Pause")).to_be_visible()
    assert len(text_of(app, "content")) < len(seed_stream.text())
    expect(app.get_by_role("button", name="Play")).to_be_visible(timeout=10_000)
    assert position(app) == pytest.approx(seed_stream.metrics["stream_time"].value, abs=1e-3)
    assert text_of(app, "content") == seed_stream.text()
    assert text_of(app, "reasoning") == seed_stream.text("reasoning")


@pytest.mark.alone
def test_the_deck_takes_the_recorded_time(app, seed_stream):
    taken_s, longest_frame_s = app.evaluate(
        """async () => {
          const root = [...document.querySelectorAll('*')].map(node => node.shadowRoot).find(root => root?.querySelector('.deck'));
          const button = root.querySelector('.deck-play');
          const start = performance.now();
          let frame = start, longest = 0;
          button.click();
          while (button.textContent === 'Pause') {
            await new Promise(requestAnimationFrame);
            longest = Math.max(longest, performance.now() - frame);
            frame = performance.now();
          }
          return [(performance.now() - start) / 1000, longest / 1000];
        }"""
    )
    expected_s = seed_stream.metrics["stream_time"].value
    # The end is shown in one frame, and this loop sees it in the next.
    assert expected_s - 0.02 < taken_s < expected_s + 0.05 + 2 * longest_frame_s


@pytest.mark.parametrize("fraction", [0.0, 0.05, 0.3, 0.62, 0.83, 0.99])
def test_a_click_on_the_ruler_shows_exactly_what_had_arrived_by_then(looked_at, seed_stream, fraction):
    box = scrubber(looked_at).bounding_box()
    looked_at.mouse.click(box["x"] + box["width"] * fraction, box["y"] + 10)
    here = position(looked_at)
    assert here == pytest.approx(fraction * seed_stream.metrics["stream_time"].value, abs=0.01)
    chunks = seed_stream.chunks
    # The slider has a resolution of 1 ms, so a chunk within 1 ms of the position may be on either side.
    for kind in PANES:
        rows = chunks[chunks["kind"] == kind]
        certain = "".join(rows.loc[rows["t"] <= here - 0.001, "text"])
        possible = "".join(rows.loc[rows["t"] <= here + 0.001, "text"])
        shown = text_of(looked_at, kind)
        assert shown.startswith(certain)
        assert possible.startswith(shown)


def test_a_drag_over_the_lanes_measures_a_part_and_on_the_ruler_scrubs(app):
    drag(app, 0.2, 0.4)
    # A whole second is stamped only between 0.006 and 1.006 s, so this part of it has no rate.
    expect(measured(app)).to_have_text(
        re.compile(r"^0:00\.39 to 0:00\.79 \(0\.39\d s\) · 32 chunks · 32 tokens · \$[\d.]+, 19 % of the cost$")
    )
    assert position(app) == pytest.approx(0.2 * LENGTH_S, abs=0.01)
    assert "to=0.787" in app.url
    app.keyboard.press("Escape")
    expect(measured(app)).to_have_text(re.compile("^Drag over the lanes"))
    assert "to=" not in app.url
    drag(app, 0, 0.7)
    expect(measured(app)).to_have_text(re.compile(r"82 tokens/s in one whole second"))
    drag(app, 0.9, 0.5, y=6)
    assert position(app) == pytest.approx(0.5 * LENGTH_S, abs=0.01)
    assert "0:01.38" in measured(app).inner_text()


def test_the_wheel_and_keys_zoom_without_scrolling_the_page(app):
    box = scrubber(app).bounding_box()
    thumb = app.locator(".deck-thumb")
    expect(thumb).to_be_hidden()
    app.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    app.mouse.wheel(0, -300)
    expect(thumb).to_be_visible()
    assert thumb.bounding_box()["width"] < box["width"] * 0.7
    assert scrubber(app).bounding_box() == box
    scrubber(app).focus()
    app.keyboard.press("End")
    app.keyboard.press("ArrowLeft")
    # An arrow moves by a share of what is in sight, which is less than 5 % of all.
    assert LENGTH_S * 0.95 < position(app) < LENGTH_S - 0.01
    for key in "wa":
        app.keyboard.press(key)
    expect(thumb).to_be_visible()
    scrubber(app).dblclick(position={"x": 100, "y": 60})
    expect(thumb).to_be_hidden()


def test_a_click_selects_the_event_and_an_event_from_elsewhere_is_sought(app, server, seed_stream):
    box = scrubber(app).bounding_box()
    app.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + 60)
    expect(app).to_have_url(re.compile(r"event=14\d"))
    event = int(re.search(r"event=(\d+)", app.url)[1])
    app.get_by_role("button", name="finish: stop").click()
    expect(app).to_have_url(re.compile("event=160"))
    rows = seed_stream.chunks.set_index("event")
    open_sample(app, server, SEED.name, f"&event={event}")
    wait_until(scrubber(app), "(node, t) => Math.abs(node.ariaValueNow - t) < 0.001", float(rows.loc[event, "t"]))
    open_sample(app, server, SEED.name, f"&event={event}&t=0.5")
    expect(app.get_by_text(re.compile(f"Event {event}\\b")).first).to_be_visible()
    assert position(app) == 0.5


def test_a_stream_without_times_is_shown_by_chunk_number_and_never_in_seconds(page, server):
    open_sample(page, server, "weather-agent_tool-calls.yaml")
    expect(scrubber(page)).to_have_attribute("aria-valuetext", "chunk 13 of 13")
    expect(page.locator(".deck-time")).to_have_text("chunk 13 of 13")
    scrubber(page).press("5")
    expect(scrubber(page)).to_have_attribute("aria-valuetext", "chunk 7 of 13")
    scrubber(page).press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]t=8(&|$)"))
    scrubber(page).hover(position={"x": 40, "y": 25})
    expect(page.locator(".deck-tip")).to_contain_text(re.compile("^chunk 1 of 13.*time not recorded"))
    deck = page.locator(".deck").first.inner_text()
    assert not re.search(r"tokens/s|\d s\b", deck)
    drag(page, 0.1, 0.6, y=25)
    expect(measured(page)).to_have_text(re.compile(r"^chunks 2 to 8 · 7 chunks · \d+ tokens"))
    open_sample(page, server, "nova-lite_bedrock.yaml")
    expect(page.locator(".deck-total")).to_have_text("0.731 s in all")
    assert "tokens/s" not in page.locator(".deck").first.inner_text()


MOVED = """async (node) => {
  const root = node.getRootNode();
  const bottom = () => Math.round(node.getBoundingClientRect().bottom);
  // The page may still be fitting itself to another width.
  for (let last = -1, same = 0; same < 10; last = bottom()) {
    await new Promise(requestAnimationFrame);
    same = bottom() === last ? same + 1 : 0;
  }
  const bottoms = new Set();
  root.querySelector('.deck-play').click();
  while (root.querySelector('.deck-play').textContent === 'Pause') {
    bottoms.add(bottom());
    await new Promise(requestAnimationFrame);
  }
  return [...bottoms];
}"""


def test_the_deck_keeps_its_height_while_it_plays(app):
    app.set_viewport_size({"width": 420, "height": 900})
    app.get_by_label("Speed").select_option("4")
    box = app.get_by_role("group", name="Replay of")
    assert len(box.evaluate(MOVED)) == 1
    app.set_viewport_size({"width": 1400, "height": 1000})


def test_keys_play_seek_step_and_change_speed(app, seed_stream):
    scrubber(app).focus()
    app.keyboard.press("Home")
    assert position(app) == 0
    assert text_of(app, "reasoning") == "First"
    app.keyboard.press(".")
    assert text_of(app, "reasoning") == "First,"
    app.keyboard.press(",")
    assert text_of(app, "reasoning") == "First"
    app.keyboard.press("5")
    assert position(app) == pytest.approx(seed_stream.metrics["stream_time"].value / 2, abs=0.001)
    app.keyboard.press("Shift+ArrowRight")
    assert position(app) == pytest.approx(seed_stream.metrics["stream_time"].value * 0.6, abs=0.001)
    app.keyboard.press("]")
    assert text_of(app, "content") == "Oi"
    app.keyboard.press("ArrowLeft")
    assert position(app) == pytest.approx(1.621951 - 0.05 * LENGTH_S, abs=0.001)
    app.keyboard.press("<")
    expect(app.get_by_label("Speed")).to_have_value("0.5")
    app.keyboard.press("Space")
    expect(app.get_by_role("button", name="Pause")).to_be_visible()
    app.keyboard.press("Space")
    expect(app.get_by_role("button", name="Play")).to_be_visible()


def test_space_on_a_fresh_page_plays_and_does_not_scroll(app):
    top = scrubber(app).bounding_box()["y"]
    app.keyboard.press("Space")
    expect(app.get_by_role("button", name="Pause")).to_be_visible()
    wait_for_position(scrubber(app), 0.3)
    assert scrubber(app).bounding_box()["y"] == top
    app.keyboard.press("Space")
    expect(app.get_by_role("button", name="Play")).to_be_visible()


def test_keys_of_the_deck_do_not_reach_streamlit(app):
    scrubber(app).focus()
    app.keyboard.press("Home")
    app.keyboard.press("c")
    app.keyboard.press("r")
    # Streamlit's dialog would open at once and cover the tabs.
    choose_tab(app, "Tokens")
    expect(app.get_by_role("dialog")).to_have_count(0)
    assert position(app) == 0


def test_the_position_survives_a_rerun_of_the_page(app):
    scrubber(app).focus()
    app.keyboard.press("3")
    here = position(app)
    choose_tab(app, "Tokens")
    assert position(app) == here


def test_a_deck_pauses_when_another_recording_is_picked(app):
    app.get_by_label("Speed").select_option("0.25")
    app.get_by_role("button", name="Play").click()
    app.get_by_role("combobox", name="Recording").click()
    app.get_by_role("option", name=re.compile("gemma-3-270m_list")).click()
    expect(app.get_by_role("heading", name="gemma-3-270m")).to_be_visible()
    # Play long enough that the first deck would have moved on.
    app.get_by_role("button", name="Play").click()
    wait_for_position(scrubber(app), 1.5)
    app.get_by_role("combobox", name="Recording").click()
    app.get_by_role("option", name=re.compile("grok-code-fast-1")).click()
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()
    # The deck appears after the heading. The previous deck is twice as long.
    expect(app.get_by_role("slider", name="Position")).to_have_attribute("aria-valuemax", re.compile(r"^1\."))
    expect(app.get_by_role("button", name="Play")).to_be_visible()
    here, *later = positions_of_frames(scrubber(app), 20)
    assert set(later) == {here}
    assert here < 1.9


@pytest.mark.parametrize("sample", ["gemma-3-270m_list.sse", "gemma-3-270m_short.har", "gemma-3-270m_anthropic.sse"])
def test_every_sample_plays_to_its_recorded_text(page, server, sample):
    stream = viewer.load(SAMPLES / sample).streams[0]
    open_sample(page, server, sample)
    page.get_by_label("Speed").select_option("16")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=10_000)
    assert text_of(page, "content") == stream.text()


@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(122, 79, 208)"), ("dark", "rgb(183, 156, 240)")])
def test_the_colours_follow_the_theme(looked_at, scheme, colour):
    looked_at.emulate_media(color_scheme=scheme)
    swatch = looked_at.locator(".deck-swatch.deck-reasoning").first
    expect(swatch).to_have_css("background-color", colour)
