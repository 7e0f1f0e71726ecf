"""The animated picture: what it says, what it may not contain, and what it shows at each moment in a browser."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import viewer
from tests.conftest import SEED
from tests.display.replay_svg.conftest import cassette_of, drawn
from tests.support.streams import delta
from viewer.display.lanes import choices_of, lanes_of
from viewer.display.replay_svg import MAX_BYTES
from viewer.types.problems import CassetteError

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {
    "svg",
    "title",
    "desc",
    "style",
    "defs",
    "clipPath",
    "pattern",
    "rect",
    "path",
    "circle",
    "g",
    "text",
    "tspan",
}


def texts_of(svg, kind):
    """Return the typed text of a kind, without its labels."""
    root = ET.fromstring(svg.encode())  # noqa: S314 - this project's own output
    return "".join("".join(one.itertext()) for one in root.iter(f"{SVG}text") if one.get("class") == kind)


def without_space(text):
    return re.sub(r"\s", "", text)


def test_the_seed_is_at_most_40_kb(seed_svg):
    assert len(seed_svg.encode()) <= 40_000


def test_the_same_recording_gives_the_same_picture(seed_svg):
    assert drawn(viewer.load(SEED)) == seed_svg


def test_every_sample_shows_exactly_its_text(samples):
    for cassette, svg in samples:
        stream = cassette.streams[0]
        choice = choices_of(stream)[0]
        assert without_space(texts_of(svg, "content")) == without_space(stream.text("content", choice))
        assert without_space(texts_of(svg, "reasoning")) == without_space(stream.text("reasoning", choice))
        called = "".join(call.arguments for call in stream.tool_calls if call.choice == choice)
        assert without_space(texts_of(svg, "tool_call")) == without_space(called)


def test_a_picture_is_nothing_but_shapes_text_and_one_stylesheet(samples, hostile_svg, long_svg):
    for svg in (*(svg for _, svg in samples), hostile_svg, long_svg):
        root = ET.fromstring(svg.encode())  # noqa: S314 - as above
        assert {one.tag.removeprefix(SVG) for one in root.iter()} == ELEMENTS
        names = {name for one in root.iter() for name in one.attrib}
        assert not {name for name in names if name.startswith("on") or name.endswith("href") or name == "src"}
        # Everything that is fetched is named in a stylesheet by url() or @import, and so is everything inside the picture.
        assert set(re.findall(r"url\([^)]*\)", svg)) <= {"url(#hatch)", "url(#gap)", "url(#lanes)", "url(#text)"}
        (style,) = root.iter(f"{SVG}style")
        assert "@import" not in (style.text or "")
        assert "url(" not in (style.text or "")


def test_hostile_text_is_shown_and_what_xml_forbids_is_replaced(hostile_svg):
    shown = texts_of(hostile_svg, "content")
    assert shown.startswith("␀␛[2J<U+FFFE><U+FFFF>")
    assert "<script>alert(1)</script>" in shown
    assert "<U+202E>" in shown
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff\u202e]", hostile_svg)


def test_title_and_description_say_what_the_picture_shows(seed_svg):
    root = ET.fromstring(seed_svg.encode())  # noqa: S314 - as above
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.findtext(f"{SVG}title") == "Replay of grok-code-fast-1"
    description = root.findtext(f"{SVG}desc")
    assert "Say hi in Portuguese" in description
    assert "Thought for about 1.6 s" in description
    assert "known only within bounds" in description


def test_a_picture_without_recorded_times_says_so_and_has_no_seconds():
    svg = drawn(cassette_of(*[delta(content=f"word{number} ") for number in range(30)]))
    assert "speed not recorded: in order, at a nominal pace" in svg
    labels = re.findall(r'<text class="small[^>]*>([^<]*)</text>', svg)
    assert "chunk" in labels
    assert not [label for label in labels if label.endswith(" s")]


def test_a_long_text_is_thinned_to_the_limit_and_the_picture_says_how(long_svg):
    assert len(long_svg.encode()) <= MAX_BYTES
    assert "thinned to" in long_svg
    left_out = int(re.search(r"([\d,]+) lines are left out of this picture", long_svg)[1].replace(",", ""))
    assert f"{left_out:,} lines left out" in long_svg
    shown = texts_of(long_svg, "content")
    assert shown.startswith("Sentence number 0 of many.")
    assert shown.rstrip().endswith("Sentence number 4999 of many.")


def test_a_stream_without_chunks_is_refused():
    with pytest.raises(CassetteError, match="no chunks to draw"):
        drawn(cassette_of({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 0}}))


SHOWN_AT = """at => {
  for (const one of document.getAnimations()) { one.pause(); one.currentTime = at * 1000 }
  const typed = [...document.querySelectorAll('tspan[style]')];
  return {
    text: typed.filter(one => Number(getComputedStyle(one).fillOpacity) > 0 && !one.parentNode.classList.contains('label'))
      .map(one => one.textContent).join(''),
    head: document.querySelector('circle').getBoundingClientRect().x,
    end: document.querySelector('#lanes rect').getAttribute('width'),
    animations: document.getAnimations().length,
  };
}"""


def test_a_browser_shows_at_each_moment_the_text_that_had_arrived(page, seed_svg, tmp_path):
    (tmp_path / "seed.svg").write_text(seed_svg)
    page.goto((tmp_path / "seed.svg").as_uri())
    stream = viewer.load(SEED).streams[0]
    rows = np.concatenate([lane.rows for lane in lanes_of(stream) if lane.has_text])
    rows.sort()
    t = stream.columns.arrival.t
    first = page.evaluate(SHOWN_AT, 0)["head"]
    for at_s in (0.05, 0.4, 1.3, 1.7, 1.9, 4.0):
        shown = page.evaluate(SHOWN_AT, at_s)
        # Moments are rounded to hundredths.
        arrived = "".join(stream.columns.text[rows[t[rows] < at_s - 0.006]].tolist())
        arriving = "".join(stream.columns.text[rows[t[rows] < at_s + 0.006]].tolist())
        assert without_space(arriving).startswith(without_space(shown["text"]))
        assert without_space(shown["text"]).startswith(without_space(arrived))
        share = (shown["head"] - first) / float(shown["end"])
        assert share == pytest.approx(min(1, at_s / t.max()), abs=0.01)


def test_a_reader_who_prefers_no_motion_sees_the_finished_answer(page, long_svg, tmp_path):
    (tmp_path / "long.svg").write_text(long_svg)
    page.emulate_media(reduced_motion="reduce")
    page.goto((tmp_path / "long.svg").as_uri())
    shown = page.evaluate(SHOWN_AT, 0)
    assert shown["animations"] == 0
    assert shown["text"].rstrip().endswith("Sentence number 4999 of many.")
    # Its last line is in sight.
    bottom = "one => one.getBoundingClientRect().bottom"
    last = page.locator(".content").last.evaluate(bottom)
    note = page.get_by_text("lines left out").evaluate("one => one.getBoundingClientRect().top")
    assert note - 40 < last < note
    page.emulate_media(reduced_motion=None)


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(14, 17, 23)")])
def test_the_picture_follows_the_theme_of_the_reader(page, seed_svg, tmp_path, scheme, ground):
    (tmp_path / "seed.svg").write_text(seed_svg)
    page.emulate_media(color_scheme=scheme)
    page.goto((tmp_path / "seed.svg").as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('svg > rect')).fill") == ground
    page.emulate_media(color_scheme=None)
