"""The frame of a deck in notebooks of several hosts, each as a page with its markup, its theme and its policy."""

import pytest
from playwright.sync_api import expect

from viewer.display.colours import CONTENT

pytestmark = pytest.mark.browser

# As JupyterLab 4.6 puts an output: the theme is an attribute and variables of the body.
LAB = """<!doctype html><meta charset="utf-8"><body data-jp-theme-light="true" style="margin: 0; --jp-layout-color0: white;
 --jp-content-font-color1: rgba(0, 0, 0, 0.87); background: var(--jp-layout-color0)">
<div class="jp-OutputArea-output jp-RenderedHTMLCommon" style="color: var(--jp-content-font-color1)">{html}</div>"""
DARK_LAB = """body => {
  body.style.setProperty('--jp-layout-color0', '#111111');
  body.style.setProperty('--jp-content-font-color1', 'rgba(255, 255, 255, 1)');
  body.dataset.jpThemeLight = 'false';
}"""
UNDER_A_POLICY = """<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<body class="vscode-dark" style="background: #1f1f1f; color: #cccccc">{html}<p id="next">the next cell</p>"""
# https://github.com/microsoft/vscode: backLayerWebView.ts, with `notebook.experimental.enableCsp`.
VS_CODE = (
    "default-src 'none'; script-src https://*.vscode-cdn.net 'unsafe-inline' 'unsafe-eval'; "
    "style-src https://*.vscode-cdn.net 'unsafe-inline'; img-src https: http: data:; connect-src https:; child-src https: data:"
)
FORBIDS_THE_FRAME = {
    "no scripts": "default-src 'none'; style-src 'unsafe-inline'",
    "only scripts of its own": "default-src 'self'; style-src 'unsafe-inline'; script-src 'self'; frame-src 'none'",
    "no inline styles either": "default-src 'none'; script-src 'self'; frame-src 'self'",
    # The policy of the host is also that of the frame, in which only its own script has to run.
    "scripts by their hashes": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-hashes' 'sha256-eA=='",
}


def host(page, tmp_path, text):
    path = tmp_path / "host.html"
    path.write_text(text, encoding="utf-8")
    page.goto(path.as_uri())
    return page.locator("iframe")


def has_pixel(canvas, colour):
    """Whether the lanes are drawn in a colour, written as `#rrggbb`."""
    rgb = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return canvas.evaluate(
        """(canvas, [red, green, blue]) => {
          const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
          pen.drawImage(canvas, 0, 0);
          const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
          for (let at = 0; at < data.length; at += 4) if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) return true;
          return false;
        }""",
        rgb,
    )


def test_in_jupyterlab_the_deck_is_as_high_as_it_needs_and_follows_the_theme(strict, seed, tmp_path):
    frame = host(strict, tmp_path, LAB.format(html=seed._repr_html_()))
    deck = strict.frame_locator("iframe")
    deck.get_by_role("group", name="Replay of").wait_for()
    canvas = deck.locator("canvas")
    for dark, begin in ((False, ""), (True, DARK_LAB)):
        if begin:
            strict.locator("body").evaluate(begin)
        expect(frame).to_have_css("color-scheme", "dark" if dark else "light")
        expect(deck.locator(".deck")).to_have_css("color", "rgb(230, 237, 243)" if dark else "rgb(31, 35, 40)")
        # The ground of the notebook shines through: both sides have one scheme, and the page has no ground of its own.
        assert deck.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgba(0, 0, 0, 0)"
        strict.wait_for_timeout(100)
        shade, other = (CONTENT.dark, CONTENT.light) if dark else (CONTENT.light, CONTENT.dark)
        assert has_pixel(canvas, shade)
        assert not has_pixel(canvas, other)
        needed_px = deck.locator("html").evaluate("page => page.offsetHeight")
        assert needed_px > 300
        assert frame.bounding_box()["height"] == needed_px


def test_the_frame_fits_a_deck_that_another_width_makes_higher(strict, seed, tmp_path):
    frame = host(strict, tmp_path, LAB.format(html=seed._repr_html_()))
    heights = []
    for width in (1200, 420):
        strict.set_viewport_size({"width": width, "height": 800})
        strict.wait_for_function(
            "([width, least]) => innerWidth === width && document.querySelector('iframe').clientHeight > least",
            arg=[width, heights[-1] if heights else 0],
        )
        heights.append(frame.bounding_box()["height"])


def test_under_the_policy_of_vs_code_the_deck_runs(page, seed, tmp_path):
    frame = host(page, tmp_path, UNDER_A_POLICY.format(policy=VS_CODE, html=seed._repr_html_()))
    page.frame_locator("iframe").get_by_role("group", name="Replay of").wait_for()
    expect(frame).to_have_css("color-scheme", "dark")
    assert frame.bounding_box()["height"] > 300


@pytest.mark.parametrize("policy", FORBIDS_THE_FRAME.values(), ids=FORBIDS_THE_FRAME)
def test_where_a_policy_forbids_the_frame_the_summary_stands_alone(page, seed, tmp_path, policy):
    frame = host(page, tmp_path, UNDER_A_POLICY.format(policy=policy, html=seed._repr_html_()))
    page.wait_for_timeout(300)
    assert frame.bounding_box()["height"] == 0
    expect(page.get_by_text("Thought for about 1.6 s")).to_be_visible()
    last, following = page.locator("details").last.bounding_box(), page.locator("#next").bounding_box()
    assert following["y"] - (last["y"] + last["height"]) < 50


def test_only_the_frame_itself_sets_its_height_and_not_beyond_a_limit(strict, seed, tmp_path):
    frame = host(strict, tmp_path, LAB.format(html=seed._repr_html_()))
    strict.wait_for_function("document.querySelector('iframe').clientHeight > 0")
    before = frame.bounding_box()["height"]
    strict.evaluate("postMessage({ deckHeight: 5000 }, '*')")
    strict.wait_for_timeout(100)
    assert frame.bounding_box()["height"] == before
    for height, shown in (("'tall'", before), ("1e9", 1600)):
        strict.frame_locator("iframe").locator("body").evaluate(f"parent.postMessage({{ deckHeight: {height} }}, '*')")
        strict.wait_for_timeout(100)
        assert frame.bounding_box()["height"] == shown
