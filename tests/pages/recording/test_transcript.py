"""What a reader does with the transcript on the page of one recording."""

import json
import re

from playwright.sync_api import expect

from tests.conftest import SAMPLES
from tests.support.hostile import HOSTILE

EVIL = "# Title\n\n**bold** ![beacon](https://evil.example/a.png) [go](https://evil.example/)\n\n" + "\n\n".join(
    HOSTILE
)


def upload(page, name, content):
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])


def anthropic(*events):
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()


def text_event(index, text):
    return {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}}


def searching(text):
    """Return a stream that searches the web, and writes a text that cites what it found."""
    page = {"type": "web_search_result", "title": text, "url": "https://lima.example"}
    block = {"type": "content_block_start"}
    return anthropic(
        {"type": "message_start", "message": {"model": "claude", "usage": {}}},
        {**block, "index": 0, "content_block": {"type": "server_tool_use", "id": "a", "name": "web_search"}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": '{"query":"Li'},
        },
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": 'ma"}'}},
        {
            **block,
            "index": 1,
            "content_block": {"type": "web_search_tool_result", "tool_use_id": "a", "content": [page]},
        },
        {**block, "index": 2, "content_block": {"type": "text", "text": ""}},
        text_event(2, text),
        {
            "type": "content_block_delta",
            "index": 2,
            "delta": {"type": "citations_delta", "citation": {"title": "Lima", "url": "https://lima.example"}},
        },
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    )


def transcript(page):
    return page.get_by_role("region", name="Transcript")


def test_thinking_is_folded_and_a_click_on_a_word_selects_its_event(app, seed_stream):
    blocks = transcript(app).locator(".deck-transcript-block")
    expect(blocks).to_have_count(4)
    assert [label.split("\n")[0] for label in blocks.locator(".deck-block-label").all_inner_texts()] == [
        "thinking",
        "120 hidden tokens",
        "thinking",
        "text",
    ]
    expect(blocks.first.locator(".deck-text")).to_be_hidden()
    text = blocks.last.locator(".deck-text")
    assert text.evaluate("node => node.textContent") == seed_stream.text()
    text.click(position={"x": 4, "y": 10})
    expect(app).to_have_url(re.compile(r"event=133\b"))
    selected = "text => String([...(CSS.highlights.get('deck-selected') ?? [])][0]) === text"
    app.wait_for_function(selected, arg=seed_stream.chunks["text"][133])
    # The reader goes on reading: nothing is hidden by a selection.
    assert text.evaluate("node => node.textContent") == seed_stream.text()
    blocks.first.get_by_role("button", name="event 0").click()
    expect(app).to_have_url(re.compile(r"event=0\b"))


def test_a_search_shows_its_query_its_result_and_what_the_text_cites(app):
    upload(app, "search.sse", searching("Lima is **warm**."))
    call, text = transcript(app).locator(".deck-transcript-block").all()[:2]
    expect(call.locator(".deck-text-tool_call").last).to_have_text('{\n  "query": "Lima"\n}')
    expect(call.locator(".deck-text-result")).to_have_text("Lima is **warm**.\nhttps://lima.example")
    expect(text.get_by_text("1 citation")).to_be_visible()
    expect(text.locator(".deck-text-citation")).to_be_hidden()
    text.get_by_role("button", name="Show or hide 1 citation").press("Enter")
    expect(text.locator(".deck-text-citation")).to_have_text("Lima\nhttps://lima.example")
    # While the arguments come they are shown as they are; beneath them, nothing has come.
    app.get_by_role("slider", name="Position").press("Home")
    app.keyboard.press(".")
    app.keyboard.press(".")
    expect(call.locator(".deck-text-tool_call").first).to_have_text('{"query":"Li')
    expect(call.locator(".deck-below")).to_be_hidden()
    app.get_by_role("searchbox", name="Find in the text").fill("lima.example")
    app.get_by_role("searchbox", name="Find in the text").press("Enter")
    expect(call.locator(".deck-text-result")).to_be_visible()


def test_results_of_the_next_request_stand_beneath_the_calls_of_an_agent(page, server):
    page.goto(f"{server}/?file=sample/weather-agent_tool-calls.yaml&stream=1")
    call = transcript(page).locator(".deck-transcript-block").filter(has_text="Lima")
    expect(call.get_by_text("result, sent back with request 2")).to_be_visible()
    expect(call.locator(".deck-text-result").last).to_contain_text('"temperature": 19')


def test_hostile_text_stays_text_also_as_markdown_and_nothing_is_asked_for(app):
    # Leaving the fixture `app` fails if anything ran, failed, or asked another host.
    upload(app, "hostile.sse", searching(EVIL))
    text = transcript(app).locator(".deck-transcript-block").filter(has=app.locator(".deck-text-content"))
    expect(text).to_contain_text("beacon")
    assert text.locator(".deck-text-content").evaluate("node => node.textContent") == EVIL
    text.get_by_role("button", name="Markdown").click()
    frame = text.locator("iframe.deck-markdown")
    expect(frame).to_have_attribute("sandbox", "")
    inside = frame.content_frame
    expect(inside.get_by_role("heading", name="Title")).to_be_visible()
    expect(inside.get_by_text("[image: beacon] (https://evil.example/a.png)")).to_be_visible()
    expect(inside.locator("script, img, a, iframe, link, object, form, svg")).to_have_count(0)
    policy = inside.locator("meta[http-equiv=Content-Security-Policy]")
    expect(policy).to_have_attribute("content", "default-src 'none'; style-src 'unsafe-inline'")
    assert app.evaluate("window.ran") is None
    text.get_by_role("button", name="Markdown").click()
    expect(frame).to_have_count(0)
    expect(text.locator(".deck-text-content")).to_be_visible()


def test_chunks_are_tinted_by_the_recorded_gaps_only(app):
    expect(app.get_by_role("combobox", name="Tint")).to_be_hidden()
    upload(app, "short.har", (SAMPLES / "gemma-3-270m_short.har").read_bytes())
    app.get_by_role("combobox", name="Tint").select_option("gap")
    expect(app.locator(".deck-transcript-bar")).to_contain_text(re.compile(r"from [\d.]+ ms"))
    sizes = app.evaluate("[1, 2, 3].map(level => CSS.highlights.get(`deck-tint-${level}`)?.size ?? 0)")
    assert 0 < sum(sizes) < 10
