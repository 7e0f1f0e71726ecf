"""Waiting in a browser for what a test awaits, instead of for some time.

Playwright's `wait_for_function` needs `eval`, which the policy of our pages forbids. These functions look at every frame.
"""

from playwright.sync_api import expect

# A page that is not drawn, such as one behind another, gets no frames, and Playwright waits for an evaluation without an end.
_FRAME = "await Promise.race([new Promise(requestAnimationFrame), new Promise(done => setTimeout(done, 1000))])"

_UNTIL = f"""async (node, argument) => {{
  const holds = %s;
  const deadline = performance.now() + 15000;
  while (!holds(node, argument)) {{
    if (performance.now() > deadline) throw new Error('waited 15 s for ' + holds);
    {_FRAME};
  }}
}}"""

_POSITIONS = f"""async (slider, frames) => {{
  const positions = [];
  while (positions.length < frames) {{
    {_FRAME};
    positions.push(Number(slider.ariaValueNow));
  }}
  return positions;
}}"""


def wait_until(locator, holds, argument=None):
    """Wait until a JavaScript function of an element and an argument returns true."""
    locator.evaluate(_UNTIL % holds, argument)


def wait_for_position(slider, after_s):
    """Wait until a deck that plays has passed a position."""
    wait_until(slider, "(node, after) => Number(node.ariaValueNow) > after", after_s)


def positions_of_frames(slider, frames):
    """Return the position of a deck at each of the next frames."""
    return slider.evaluate(_POSITIONS, frames)


def wait_for_width(page, width):
    """Wait until a page has been laid out for a new width, transitions included."""
    root = page.locator("html")
    wait_until(root, "(node, width) => innerWidth === width", width)
    wait_for_still(page)


def wait_for_still(page):
    """Wait until two frames have been drawn and no transition runs any more."""
    page.evaluate(f"async () => {{ for (const _ of [1, 2]) {_FRAME}; }}")
    wait_until(page.locator("html"), "() => document.getAnimations().every(one => one.playState !== 'running')")


def wait_for_streamlit(page):
    """Wait until Streamlit has run the script and drawn all that it sent."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    wait_for_still(page)


def choose_tab(page, name):
    """Choose a tab of the page. A click while the script still runs can be lost, since the script draws the tabs anew."""
    wait_for_streamlit(page)
    tab = page.get_by_role("tab", name=name)
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")


def open_tab(page, name):
    """Choose a tab of the page and wait until it is drawn."""
    choose_tab(page, name)
    expect(
        page.get_by_role("tabpanel", name=name).locator(".sheet, .panel, .rows-place, .js-plotly-plot").first
    ).to_be_visible()
