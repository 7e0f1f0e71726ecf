"""Sharing a recording: downloads and published pages."""

import json
import re

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

import viewer
from viewer.pages.server.shares import ShareStore, share_store
from viewer.types.problems import CassetteError

KEY = "sk-proj-" + "Ab3dEf6hIj9" * 4
ENDINGS = {
    "Page (HTML)": "html",
    "Cassette": "yaml",
    "Picture (SVG)": "svg",
    "Replay (asciicast)": "cast",
    "Transcript (WebVTT)": "vtt",
    "Trace (Perfetto)": "trace.json",
    # The last one, whose note about times stays to be read.
    "Log records (OpenTelemetry)": "otlp-logs.json",
}


def secret_cassette():
    """A go-vcr cassette with a key in a header, in the request, and split over two chunks."""
    events = "".join(
        f"data: {json.dumps({'model': 'leaky', 'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n"
        for text in ("the key is ", KEY[:9], KEY[9:], " .")
    )
    request = {
        "url": "https://api.example/v1/chat/completions",
        "method": "POST",
        "headers": {"Authorization": [f"Bearer {KEY}"]},
        "body": json.dumps({"messages": [{"role": "user", "content": f"keep {KEY}"}]}),
    }
    response = {"code": 200, "status": "200 OK", "headers": {}, "body": events, "duration": "250ms"}
    return json.dumps({"version": 2, "interactions": [{"request": request, "response": response}]})


def open_share(page):
    page.locator("input[type=file]").first.set_input_files(
        [{"name": "leaky.yaml", "mimeType": "text/plain", "buffer": secret_cassette().encode()}]
    )
    expect(page.get_by_role("heading", name="leaky")).to_be_visible()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("secrets found")).to_be_visible(timeout=30_000)
    return page.get_by_role("dialog")


def saved(page, dialog, label):
    dialog.get_by_role("radio", name=label, exact=True).or_(
        dialog.get_by_role("button", name=label, exact=True)
    ).click()
    save = dialog.get_by_role("button", name=re.compile(rf"^Save \S+\.{ENDINGS[label]} "))
    expect(save).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        save.click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_secrets_are_listed_and_no_download_holds_one(app):
    dialog = open_share(app)
    summary = "2 secrets found, 3 times in all: removed from everything you download or publish, except what you keep."
    expect(dialog.get_by_text(summary)).to_be_visible()
    dialog.get_by_text("What was found").click()
    expect(dialog.get_by_text("openai-key").first).to_be_visible()
    found = {label: saved(app, dialog, label) for label in ENDINGS}
    expect(dialog.get_by_text("1 of 1 record without a time", exact=False)).to_be_visible()
    for _, content in found.values():
        assert KEY[:20].encode() not in content
        assert KEY[9:].encode() not in content
    assert found["Page (HTML)"][1].startswith(b"<!doctype html>")
    # As the report names its download.
    name, cassette = found["Cassette"]
    assert name == "leaky.redacted.yaml"
    assert viewer.load(cassette).streams[0].text() == "the key is " + "•" * len(KEY) + " ."
    assert json.loads(found["Replay (asciicast)"][1].splitlines()[0])["version"] == 2
    assert found["Picture (SVG)"][1].startswith(b"<svg")
    assert "keep ••••" in found["Picture (SVG)"][1].decode()
    (headers,) = [one for one in json.loads(found["Trace (Perfetto)"][1])["traceEvents"] if one["ph"] == "X"]
    assert headers["dur"] == 250_000
    records = json.loads(found["Log records (OpenTelemetry)"][1])["resourceLogs"]
    assert "keep ••••" in json.dumps(records, ensure_ascii=False)
    assert found["Transcript (WebVTT)"][1].startswith(b"WEBVTT")


def test_the_preview_shows_the_page_that_leaves_in_a_frame_without_an_origin(app):
    dialog = open_share(app)
    expect(dialog.get_by_text("Not every secret can be recognised")).to_be_visible()
    dialog.get_by_text("Preview the page that leaves").click()
    frame = dialog.locator("iframe[title='The page that leaves']")
    expect(frame).to_be_visible(timeout=30_000)
    assert "allow-same-origin" not in frame.get_attribute("sandbox")
    expect(dialog.get_by_text("the key is ••••")).to_be_visible()
    expect(frame.content_frame.get_by_role("group", name="Replay of leaky")).to_be_visible()
    page = frame.content_frame.locator("html").inner_html()
    assert KEY[9:] not in page
    assert "•" * len(KEY) in page


def test_the_link_to_this_page_is_in_sight_and_says_when_the_other_side_needs_the_file(app):
    app.get_by_role("slider", name="Position").press("5")
    app.get_by_role("button", name="Share", exact=True).click()
    dialog = app.get_by_role("dialog")
    link = dialog.get_by_role("textbox", name="Link to this page")
    expect(link).to_have_value(app.evaluate("location.href"))
    assert "t=" in link.input_value()
    expect(dialog.get_by_text("asked to drop")).to_have_count(0)
    app.keyboard.press("Escape")
    expect(
        open_share(app).get_by_text("whoever follows the link is asked to drop leaky.yaml", exact=False)
    ).to_be_visible()


def test_a_published_page_opens_by_its_address_until_it_is_deleted(app, browser):
    dialog = open_share(app)
    expect(
        dialog.get_by_text("Anyone who has the address and reaches this server can read it", exact=False)
    ).to_be_visible()
    dialog.get_by_role("button", name="Publish").click()
    link = dialog.get_by_role("textbox", name="Address of leaky.yaml")
    expect(link).to_have_value(re.compile("/share/"), timeout=30_000)
    address = link.input_value()
    expect(dialog.get_by_role("link", name="Open: Address of leaky.yaml")).to_have_attribute("href", address)
    with browser.new_context() as context:
        page = context.new_page()
        errors = []
        page.on("console", lambda message: errors.append(message.text))
        answer = page.goto(address)
        assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
        expect(page.get_by_role("group", name="Replay of leaky")).to_be_visible()
        assert KEY not in page.content()
        assert errors == []
        dialog.get_by_role("button", name="Delete").click()
        expect(dialog.get_by_role("button", name="Delete")).to_have_count(0)
        assert page.goto(address).status == 404


def share_alone(wanted=None):
    import streamlit as st

    import viewer
    from viewer.files.entries import Content, Member
    from viewer.pages.server.listed import ListedRecording
    from viewer.pages.sharing.outputs import Shared
    from viewer.pages.sharing.share import show_sharing

    data = b'data: {"choices": [{"index": 0, "delta": {"content": "hi"}}]}\n\n'
    cassette = viewer.load(data, "a.sse")
    member = Member("a.sse", lambda: Content(data))
    if wanted:
        st.session_state.setdefault("share_format", wanted)
    show_sharing(Shared(cassette, ListedRecording("a", "a.sse", "opened", member), "a.sse", cassette.streams[0], 0))


@pytest.mark.parametrize("step", ["redacted", "file"])
def test_a_check_that_fails_is_a_sentence_and_nothing_is_offered(monkeypatch, step):
    def fail(*_):
        raise CassetteError("a.sse", "a secret that was removed (jwt) is left in line 3.")

    monkeypatch.setattr(f"viewer.pages.sharing.share.{step}", fail)
    shown = AppTest.from_function(share_alone, kwargs={"wanted": "page"}).run()
    assert not shown.exception
    assert not shown.get("download_button")
    assert "is left in line 3" in "".join(one.proto.json for one in shown.get("bidi_component"))


@pytest.mark.parametrize("kind", ["folder", "fsspec"])
def test_reruns_neither_build_the_share_store_again_nor_read_published_pages(monkeypatch, tmp_path, kind):
    address = str(tmp_path / "shares") if kind == "folder" else f"memory://{tmp_path.name}"
    monkeypatch.setenv("VIEWER_SHARES", address)
    share_store.cache_clear()
    built, read = [], []
    original_init, original_read = ShareStore.__init__, ShareStore.read
    monkeypatch.setattr(
        ShareStore, "__init__", lambda store, *args, **named: built.append(1) or original_init(store, *args, **named)
    )
    monkeypatch.setattr(ShareStore, "read", lambda store, identity: read.append(1) or original_read(store, identity))
    app = AppTest.from_function(share_alone, default_timeout=60).run()
    app.button(key="publish").click().run()
    assert not app.exception
    place = share_store()._place
    lines = []
    original_line = place.first_line
    monkeypatch.setattr(place, "first_line", lambda name: lines.append(name) or original_line(name))
    for _ in range(3):
        app.run()
        assert not app.exception
    assert sum("/share/" in one.proto.json for one in app.get("bidi_component")) == 1
    assert (built, read) == ([1], [])
    assert len(lines) <= 1
    share_store.cache_clear()
