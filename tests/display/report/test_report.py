"""The report as whoever receives it opens it: from disk, without a network."""

import base64
import json
import re
import time
import zlib
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import viewer
from tests.conftest import SAMPLES
from tests.support import planted
from tests.support.hostile import HOSTILE
from tests.support.waiting import wait_for_position, wait_for_still, wait_for_width, wait_until
from viewer.cassettes.go_vcr_export import interactions_text
from viewer.redaction import Redaction, redact
from viewer.text.safe import well_formed

SAMPLE_FILES = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
WEATHER = SAMPLES / "weather-agent_tool-calls.yaml"


def chat(deltas, **more):
    events = [{"choices": [{"index": 0, "delta": delta}], **more} for delta in deltas]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()


def go_vcr(body, *, asked="{}", url="https://api.openai.com/v1/chat/completions", headers=None, answered=None):
    interaction = {
        "id": 0,
        "request": {"body": asked, "headers": headers or {}, "url": url, "method": "POST"},
        "response": {
            "body": body.decode(),
            "headers": {"Content-Type": ["text/event-stream"], **(answered or {})},
            "status": "200 OK",
            "code": 200,
        },
    }
    return json.dumps({"version": 2, "interactions": [interaction]}).encode()


def packed(page_text, identity):
    [content] = re.findall(
        rf'<script type="application/octet-stream;base64" id="{identity}">([^<]*)</script>', page_text
    )
    return zlib.decompress(base64.b64decode(content), -zlib.MAX_WBITS)


def all_of(page_text):
    """Everything that a page holds, unpacked too."""
    unpacked = [packed(page_text, identity).decode() for identity in ("packed", "cassette")]
    return "\n".join([page_text, *unpacked])


def texts_of(cassette):
    return [[well_formed(text) for text in stream.chunks["text"]] for stream in cassette.streams]


@pytest.fixture
def opened(strict, tmp_path):
    """Open a report from disk with no network there, and wait until it is ready."""

    def show(cassette, fragment="", **options):
        path = tmp_path / "report.html"
        viewer.report(cassette, path, **options)
        strict.context.set_offline(offline=True)
        strict.goto(f"about:blank#{fragment}")
        strict.goto(f"{path.as_uri()}{fragment}")
        strict.locator("html.ready").wait_for()
        return strict

    return show


@pytest.fixture(scope="module")
def weather():
    return viewer.load(WEATHER)


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.stem)
def test_a_report_of_every_sample_opens_offline_and_shows_its_contents(opened, path):
    cassette = viewer.load(path)
    page = opened(cassette, data=path.read_bytes())
    expect(page.get_by_text(f"{cassette.name} · {cassette.format}")).to_be_visible()
    if cassette.streams:
        stream = cassette.streams[0]
        expect(page.get_by_role("heading", level=1)).to_have_text(stream.model or stream.protocol)
        expect(page.locator("#chunks")).to_contain_text(f"{len(stream.chunks)} of {len(stream.chunks)} chunks")
        if stream.text():
            pane = page.locator(".deck-text-content").first
            assert pane.evaluate("node => node.textContent") == stream.text()
            assert page.locator("#conversation .answer").evaluate("node => node.textContent").find(stream.text()) >= 0
    for problem in cassette.problems:
        expect(page.locator("#problems").get_by_text(problem.message)).to_have_count(
            sum(other.message == problem.message for other in cassette.problems)
        )


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("keeps_file", [True, False])
def test_the_recording_to_save_opens_with_the_same_contents(path, keeps_file):
    cassette = viewer.load(path)
    data = path.read_bytes()
    report = viewer.report(cassette, data=data if keeps_file else None)
    again = viewer.load(packed(report, "cassette"))
    assert texts_of(again) == texts_of(redact(cassette)[0])
    # An httprr file counts its bytes, and is not rewritten in place.
    kept = keeps_file and cassette.format != "httprr"
    assert again.format == (cassette.format if kept else "go-vcr")


def test_a_recording_with_bodies_in_other_files_can_be_saved_whole(tmp_path):
    interaction = {
        "request": {"url": "https://api.openai.com/v1/chat/completions", "method": "POST"},
        "response": {"status": 200, "headers": {"Content-Type": "text/event-stream"}, "bodyFileName": "body.sse"},
    }
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "body.sse").write_bytes(chat([{"content": "beside"}]))
    (tmp_path / "mappings").mkdir()
    path = tmp_path / "mappings" / "m.json"
    path.write_text(json.dumps(interaction))
    cassette = viewer.load(path)
    assert cassette.streams[0].text() == "beside"
    for redacted in (True, False):
        report = viewer.report(cassette, redact=redacted, data=path.read_bytes())
        assert viewer.load(packed(report, "cassette")).streams[0].text() == "beside"


def test_a_click_saves_the_recording(opened, weather, tmp_path):
    page = opened(weather, data=WEATHER.read_bytes())
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the recording").click()
    saved = tmp_path / waiting.value.suggested_filename
    assert saved.name == "weather-agent_tool-calls.redacted.yaml"
    waiting.value.save_as(saved)
    assert texts_of(viewer.load(saved)) == texts_of(weather)


def test_the_deck_plays_in_the_report(opened, seed, seed_stream):
    page = opened(seed, "#t=0.5")
    assert float(page.get_by_role("slider").get_attribute("aria-valuenow")) == 0.5
    page.get_by_label("Speed").select_option("16")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=5000)
    assert page.locator(".deck-text-content").evaluate("node => node.textContent") == seed_stream.text()


def test_a_selected_stream_shows_its_figures_conversation_and_chunks(opened, weather):
    page = opened(weather)
    expect(page.locator("#head")).to_contain_text("Called weather twice")
    page.get_by_role("table").first.get_by_role("link", name="1", exact=True).click()
    expect(page.locator("#head")).to_contain_text("Wrote")
    expect(page.locator("#tokens")).to_contain_text("186")
    expect(page.locator("#conversation")).to_contain_text("Lima is warmer")
    expect(page.locator("#chunks")).to_contain_text(f"of {len(weather.streams[1].chunks)} chunks")
    expect(page.locator("tr.chosen")).to_have_count(1)
    assert page.url.endswith("#stream=1")
    page.get_by_role("checkbox").nth(0).check()
    expect(page.locator("tr.chosen")).to_have_count(2)
    expect(page.get_by_text("The sections below are of stream 0, the first in the race.")).to_be_visible()


def test_a_link_opens_the_report_at_a_stream_and_a_moment(opened, weather):
    page = opened(weather, "#t=12&stream=1")
    expect(page.locator("#head")).to_contain_text("Wrote")
    # The recording holds no arrival times, so a moment is the number of a chunk.
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile("^chunk 12 of "))


def test_space_on_a_fresh_report_plays_and_does_not_scroll(opened, seed):
    page = opened(seed)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    wait_for_position(page.get_by_role("slider"), 0.3)
    assert page.evaluate("scrollY") == 0


def test_links_to_sections_keep_the_state_of_the_deck(opened, weather):
    page = opened(weather, "#stream=1")
    page.get_by_role("navigation").get_by_role("link", name="HTTP").click()
    expect(page.locator("#to-http")).to_be_in_viewport()
    wait_for_still(page)
    assert page.url.endswith("#stream=1")


def test_each_choice_of_a_request_for_several_can_be_played(opened):
    events = [
        {"choices": [{"index": index, "delta": {"content": f"{word} {index}"}}]}
        for word in ("one", "two")
        for index in (0, 1)
    ]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()
    page = opened(viewer.load(body))
    pane = page.locator(".deck-text-content")
    assert pane.evaluate("node => node.textContent") == "one 0two 0"
    page.get_by_label("1 · openai-chat, choice 1").check()
    page.get_by_label("0 · openai-chat, choice 0").uncheck()
    assert pane.evaluate("node => node.textContent") == "one 1two 1"


def rows(page):
    return page.locator(".rows tbody tr:not([aria-hidden])")


def test_the_search_finds_a_word_that_is_split_over_chunks(opened):
    page = opened(viewer.load(chat([{"content": text} for text in ("Say ", "Port", "ugu", "ese", "\nplease")])))
    page.get_by_label("Search the chunks").fill("portuguese")
    expect(page.locator("#chunks").get_by_role("status")).to_have_text("3 of 5 chunks")
    assert rows(page).locator("mark").all_inner_texts() == ["Port", "ugu", "ese"]
    page.get_by_label("Search the chunks").fill("")
    expect(rows(page)).to_have_count(5)
    assert "↵please" in rows(page).nth(4).inner_text()


def test_the_table_shows_the_selected_kinds(opened, seed, seed_stream):
    page = opened(seed)
    page.get_by_role("button", name="reasoning 13").click()
    expect(rows(page)).to_have_count(13)
    page.get_by_role("button", name="content 27").click()
    expect(page.locator("#chunks").get_by_role("status")).to_have_text(f"40 of {len(seed_stream.chunks)} chunks")
    page.get_by_role("button", name="reasoning 13").click()
    assert "".join(rows(page).locator("bdi").all_inner_texts()).replace("\u00a0", " ").strip() == seed_stream.text()


def test_selecting_a_row_of_the_table_seeks_the_deck(opened, seed, seed_stream):
    page = opened(seed)
    slider = page.get_by_role("slider")
    rows(page).nth(7).click()
    expect(rows(page).nth(7)).to_have_attribute("aria-selected", "true")
    assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(seed_stream.chunks["t"].iloc[7], abs=0.001)
    page.get_by_role("grid", name="Chunks").press("ArrowDown")
    expect(rows(page).nth(8)).to_have_attribute("aria-selected", "true")
    assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(seed_stream.chunks["t"].iloc[8], abs=0.001)


def test_a_hundred_thousand_chunks_open_scroll_and_are_searched(opened):
    body = chat([{"content": f"word{index} "} for index in range(100_000)])
    cassette = viewer.load(body)
    begin = time.monotonic()
    page = opened(cassette)
    assert time.monotonic() - begin < 30
    expect(page.locator("#chunks").get_by_role("status")).to_have_text("100,000 of 100,000 chunks")
    box = page.locator("#chunks .scroll")
    took_ms = page.evaluate(
        """async () => {
          const box = document.querySelector('#chunks .scroll');
          const begin = performance.now();
          for (let step = 1; step <= 50; step += 1) {
            box.scrollTop = box.scrollHeight * step / 50;
            await new Promise(requestAnimationFrame);
          }
          return performance.now() - begin;
        }"""
    )
    assert took_ms < 10_000
    expect(box).to_contain_text("word99999")
    assert rows(page).count() < 200
    page.get_by_label("Search the chunks").fill("word4711 ")
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("what", ["one", "several", "secrets"])
def test_axe_finds_nothing(opened, request, what):
    page = opened(
        viewer.load(request.getfixturevalue("with_secrets")[0])
        if what == "secrets"
        else request.getfixturevalue({"one": "seed", "several": "weather"}[what])
    )
    for summary in page.locator("summary").all():
        if summary.is_visible():
            summary.click()
    # Only colours differ in the dark.
    for scheme, options in (("light", {}), ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]})):
        page.emulate_media(color_scheme=scheme)
        # A change of theme is a transition of colours.
        wait_until(page.locator("html"), "() => document.getAnimations().every(one => one.playState === 'finished')")
        found = Axe().run(page, options=options)
        assert [
            (violation["id"], [node["target"] for node in violation["nodes"]])
            for violation in found.response["violations"]
        ] == []


def test_nothing_overflows_at_any_width(opened, weather):
    page = opened(weather)
    for width in (360, 768, 1280, 1920, 3840):
        page.set_viewport_size({"width": width, "height": 900})
        wait_for_width(page, width)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        assert page.get_by_role("slider").bounding_box()["width"] > 180


def test_in_print_texts_are_whole_and_controls_are_hidden(opened, seed, seed_stream):
    page = opened(seed)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for control in (".deck-bar", "#save", "nav", ".tools"):
        expect(page.locator(control).first).to_be_hidden()
    expect(page.locator(".deck-text-reasoning").first).to_be_visible()
    for pane in page.locator(".deck-text, #conversation pre, #chunks .scroll").all():
        assert pane.evaluate("node => node.scrollHeight <= node.clientHeight + 2")
    expect(rows(page)).to_have_count(len(seed_stream.chunks))
    assert page.pdf().startswith(b"%PDF")
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_the_essentials_are_there_without_a_script(browser, seed, seed_stream, tmp_path):
    path = tmp_path / "report.html"
    viewer.report(seed, path)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    for said in ("Thought for about 1.6 s", "≥ 0.193 s", "373 = 213 + 27 + 133", seed_stream.text()):
        expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("Say hi in Portuguese").first).to_be_visible()
    page.context.close()


def test_a_browser_without_decompression_says_so_and_shows_the_first_stream(strict, seed, seed_stream, tmp_path):
    path = tmp_path / "report.html"
    viewer.report(seed, path)
    strict.add_init_script("delete globalThis.DecompressionStream")
    strict.goto(path.as_uri())
    expect(strict.get_by_text("This browser has no DecompressionStream")).to_be_visible()
    expect(strict.get_by_text(seed_stream.text()).first).to_be_visible()


def test_a_long_text_is_whole_with_a_script_and_cut_without(opened):
    long = "word " * 8000 + "the end"
    cassette = viewer.load(
        go_vcr(chat([{"content": long}]), asked=json.dumps({"messages": [{"role": "user", "content": long}]}))
    )
    assert "… and 20,007 more characters" in viewer.report(cassette)
    page = opened(cassette)
    assert page.locator("#conversation pre").first.evaluate("node => node.textContent") == long


@pytest.mark.parametrize("redacted", [True, False])
def test_hostile_texts_are_shown_and_never_run(opened, redacted):
    assert len(HOSTILE) == 50
    deltas = [{"content": text} for text in HOSTILE] + [{"reasoning_content": text} for text in HOSTILE]
    calls = [
        {"tool_calls": [{"index": index, "id": text, "function": {"name": text, "arguments": text}}]}
        for index, text in enumerate(HOSTILE)
    ]
    asked = {
        "messages": [{"role": text, "name": text, "content": text} for text in HOSTILE],
        "tools": [{"type": "function", "function": {"name": text, "description": text}} for text in HOSTILE],
        **{text: text for text in HOSTILE},
    }
    visible = [text for text in HOSTILE if text.isprintable()]
    cassette = viewer.load(
        go_vcr(
            chat([*deltas, *calls], model=HOSTILE[0], usage={"prompt_tokens": 1, HOSTILE[1]: HOSTILE[2]}),
            asked=json.dumps(asked),
            url=f"https://api.openai.com/{HOSTILE[1]}",
            headers={f"X-{index}": [text] for index, text in enumerate(visible)},
            answered={"X-Answered": visible},
        ),
        HOSTILE[0],
    )
    page = opened(cassette, redact=redacted)
    assert page.evaluate("window.ran") is None
    assert (
        page.locator(
            "img, iframe, object, embed, form, video, audio, base, link, math, body script:not([id], [type=module])"
        ).count()
        == 0
    )
    content = page.locator(".deck-text-content").evaluate("node => node.textContent")
    assert content == "".join(HOSTILE)
    for text in HOSTILE[:3]:
        page.get_by_label("Search the chunks").fill(text)
        expect(rows(page).first).to_contain_text(text)
    page.locator("body").hover()
    assert page.evaluate("window.ran") is None


@pytest.fixture(scope="module")
def with_secrets():
    """A recording with a secret of every kind: in headers, URL, request, and split over the chunks of its stream."""
    secrets = [planted.secrets_of(kind)[0] for kind in planted.KINDS]
    pieces = [{"content": piece} for secret in secrets for piece in ("key: ", secret[:9], secret[9:], "\n\n")]
    asked = {"messages": [{"role": "user", "content": f"my key is {secret}"} for secret in secrets]}
    data = go_vcr(
        chat(pieces, model="gpt-4o"),
        asked=json.dumps(asked),
        url=f"https://api.openai.com/v1/chat/completions?api_key={secrets[0]}",
        headers={"Authorization": [f"Bearer {secrets[0]}"], "X-Note": [f"with {secrets[1]}"]},
    )
    return data, secrets


@pytest.mark.parametrize("keeps_file", [True, False])
@pytest.mark.parametrize("options", [True, Redaction(metrics_only=True)])
def test_no_planted_secret_is_in_the_file_packed_or_not(with_secrets, keeps_file, options):
    data, secrets = with_secrets
    held = all_of(viewer.report(viewer.load(data), redact=options, data=data if keeps_file else None))
    for secret in secrets:
        for form in planted.forms(secret):
            assert form not in held


def test_the_report_lists_what_was_redacted_and_where(opened, with_secrets):
    data, _ = with_secrets
    page = opened(viewer.load(data), data=data)
    section = page.locator("#redaction")
    expect(section).to_contain_text("secrets redacted")
    expect(section).to_contain_text("openai-key")
    expect(section).to_contain_text("request 0 body")
    expect(section).to_contain_text(
        "Names of people in paths, e-mail addresses and ids of requests and accounts were not searched for."
    )


def test_a_report_without_redaction_holds_everything_and_says_so(opened, with_secrets):
    data, secrets = with_secrets
    page = opened(viewer.load(data), redact=False, data=data)
    expect(
        page.get_by_text("Nothing was redacted: this page holds the recording unchanged, including its secrets.")
    ).to_be_visible()
    expect(page.locator("#http")).to_contain_text(secrets[0])
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the recording").click()
    assert Path(waiting.value.path()).read_bytes() == data


def test_metrics_only_keeps_sizes_and_times_but_no_text(opened, seed, seed_stream):
    report = viewer.report(seed, redact=Redaction(metrics_only=True))
    for word in ("Portuguese", "Oi!", "informal", "helpful assistant"):
        assert word not in all_of(report)
    again = viewer.load(packed(report, "cassette"))
    assert again.streams[0].usage.total == 373
    assert again.streams[0].timing.grade == "bounded"
    page = opened(seed, redact=Redaction(metrics_only=True))
    expect(page.get_by_text("All recorded texts were removed; sizes, times and token counts remain.")).to_be_visible()
    expect(page.locator("#head")).to_contain_text("≥ 0.193 s")
    expect(page.locator("#chunks")).to_contain_text(f"{len(seed_stream.chunks)} of {len(seed_stream.chunks)} chunks")


def test_paths_and_addresses_are_redacted_only_on_request():
    cassette = viewer.load(chat([{"content": "see /home/wilhelmine/x or mail anna.b@firma.example"}]))
    assert "wilhelmine" in all_of(viewer.report(cassette))
    held = all_of(viewer.report(cassette, redact=Redaction(personal_paths=True, emails=True)))
    assert "wilhelmine" not in held
    assert "anna.b@firma" not in held


def test_a_recording_without_a_stream_shows_its_answer(opened):
    answer = {
        "object": "chat.completion",
        "model": "gpt-4o",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "All in one piece."}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8},
    }
    data = go_vcr(json.dumps(answer).encode(), answered={"Content-Type": ["application/json"]})
    page = opened(viewer.load(data))
    expect(page.get_by_role("heading", level=1)).to_have_text("gpt-4o")
    expect(page.get_by_text("All in one piece.")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)


def test_a_stream_of_an_unknown_protocol_lists_its_events(opened):
    page = opened(viewer.load(b'data: {"pressure": 1013}\n\ndata: {"pressure": 1012}\n\n'))
    expect(page.get_by_role("heading", level=1)).to_have_text("Unknown protocol")
    expect(rows(page)).to_have_count(2)


def test_the_page_is_written_to_the_given_path(seed, tmp_path):
    path = tmp_path / "out.html"
    text = viewer.report(seed, path)
    assert path.read_text(encoding="utf-8") == text
    assert text.startswith("<!doctype html>")
    assert '<meta name="robots" content="noindex">' in text
    assert "default-src 'none'; script-src 'sha256-" in text


def test_the_go_vcr_cassette_to_save_keeps_the_recorder_s_times():
    cassette = viewer.load(SAMPLES / "gemma-3-270m_short.har")
    again = viewer.load(interactions_text(cassette.interactions).encode())
    assert [stream.text() for stream in again.streams] == [stream.text() for stream in cassette.streams]


@pytest.mark.parametrize("url", ["http://[]/v1", "https://[x]/v1", "http://[::1"])
def test_a_recording_with_a_broken_url_can_be_reported(url):
    tree = {"version": 1, "interactions": [{"request": {"method": "POST", "uri": url, "body": "", "headers": {}}}]}
    tree["interactions"][0]["response"] = {"status": {"code": 200}, "headers": {}, "body": {"string": "data: {}\n\n"}}
    assert "<html" in viewer.report(viewer.load(json.dumps(tree).encode()))
