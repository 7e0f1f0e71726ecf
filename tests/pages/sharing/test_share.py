"""Sharing a recording: downloads and published pages."""

import json

from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

import viewer
from viewer.types.problems import CassetteError

KEY = "sk-proj-" + "Ab3dEf6hIj9" * 4


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
    response = {"code": 200, "status": "200 OK", "headers": {}, "body": events}
    return json.dumps({"version": 2, "interactions": [{"request": request, "response": response}]})


def open_share(page):
    page.locator("input[type=file]").set_input_files(
        [{"name": "leaky.yaml", "mimeType": "text/plain", "buffer": secret_cassette().encode()}]
    )
    expect(page.get_by_role("heading", name="leaky", exact=True)).to_be_visible()
    page.get_by_role("button", name="Share").click()
    page.get_by_text("Prepare files with secrets removed").click()
    expect(page.get_by_role("button", name="Page (HTML)")).to_be_visible(timeout=30_000)


def saved(page, label):
    with page.expect_download() as download:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=label, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_secrets_are_listed_and_no_download_holds_one(app):
    open_share(app)
    expect(app.get_by_text("openai-key").first).to_be_visible()
    summary = "2 secrets found, 3 times in all: removed from everything you download, except what you keep."
    expect(app.get_by_text(summary)).to_be_visible()
    _, page = saved(app, "Page (HTML)")
    assert page.startswith(b"<!doctype html>")
    name, cassette = saved(app, "Cassette")
    # As the report names its download.
    assert name == "leaky.redacted.yaml"
    _, cast = saved(app, "Replay (asciicast)")
    _, transcript = saved(app, "Transcript (WebVTT)")
    for download in (page, cassette, cast, transcript):
        assert KEY[:20].encode() not in download
        assert KEY[9:].encode() not in download
    stream = viewer.load(cassette).streams[0]
    assert stream.text() == "the key is " + "•" * len(KEY) + " ."
    assert json.loads(cast.splitlines()[0])["version"] == 3
    assert transcript.startswith(b"WEBVTT")


def test_the_preview_shows_the_page_that_leaves_in_a_frame_without_an_origin(app):
    open_share(app)
    expect(app.get_by_text("Not every secret can be recognised")).to_be_visible()
    app.get_by_text("Also remove ids of requests and accounts").click()
    app.get_by_role("button", name="Preview").click()
    frame = app.locator("iframe[title='The page that leaves']")
    expect(frame).to_be_visible(timeout=30_000)
    assert "allow-same-origin" not in frame.get_attribute("sandbox")
    # The popover would cover the preview.
    expect(app.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(app.get_by_role("dialog").get_by_text("the key is ••••")).to_be_visible()
    expect(frame.content_frame.get_by_role("group", name="Replay of leaky")).to_be_visible()
    page = frame.content_frame.locator("html").inner_html()
    assert KEY[9:] not in page
    assert "•" * len(KEY) in page


def test_a_redaction_that_fails_is_a_sentence(monkeypatch):
    def fail(*_):
        raise CassetteError("a.yaml", "a secret that was removed (jwt) is left in line 3.")

    monkeypatch.setattr("viewer.pages.sharing.share.find_secrets", fail)
    shown = AppTest.from_function(share_alone)
    shown.session_state["share_open"] = True
    shown.run()
    assert not shown.exception
    assert not shown.get("download_button")


def share_alone():
    import viewer
    from viewer.pages.sharing.share import show_share

    show_share(viewer.load(b'data: {"a": 1}\n\n', "a.sse"), None, None, None)


def test_a_published_page_opens_by_its_address_until_it_is_deleted(app, browser):
    open_share(app)
    app.get_by_role("button", name="Publish").click()
    expect(app.get_by_text("/share/")).to_be_visible(timeout=30_000)
    address = app.get_by_text("/share/").first.inner_text().strip()
    context = browser.new_context()
    page = context.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text))
    answer = page.goto(address)
    assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
    expect(page.get_by_role("group", name="Replay of leaky")).to_be_visible()
    assert KEY not in page.content()
    assert errors == []
    app.get_by_role("button", name="Delete").click()
    expect(app.get_by_role("button", name="Delete")).to_have_count(0)
    assert page.goto(address).status == 404
    context.close()
