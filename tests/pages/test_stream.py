"""What a user does on the page of one recording."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support.waiting import choose_tab, open_tab, wait_for_width

PANES = {"reasoning": "reasoning", "content": "content"}


def pane(page, kind):
    return page.locator(f".deck-text-{kind}")


def text_of(page, kind):
    return pane(page, kind).evaluate("node => node.textContent")


def scrubber(page):
    return page.get_by_role("slider", name="Position")


def position(page):
    return float(scrubber(page).get_attribute("aria-valuenow"))


def upload(page, name, content):
    content = content if isinstance(content, bytes) else content.encode()
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])


def chat(*texts, **more):
    events = [{"choices": [{"index": 0, "delta": {"content": text}}], **more} for text in texts]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events)


def test_a_filter_of_one_stream_does_not_apply_to_another(app):
    choose_tab(app, "Chunks")
    app.get_by_label("Kinds").click()
    app.get_by_role("option", name="silent").click()
    app.keyboard.press("Escape")
    expect(app.get_by_text("120 of 163 chunks")).to_be_visible()
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("gemma-3-270m_list")).click()
    expect(app.get_by_text("124 of 124 chunks")).to_be_visible()


def test_a_stream_of_an_unknown_protocol_lists_its_events(app):
    upload(app, "odd.sse", 'event: hello\ndata: {"odd": 1}\n\ndata: {"odd": 2}\n\n')
    expect(app.get_by_text("2 events, shown as raw events")).to_be_visible()
    # The tabs of the previous recording stay until the run has ended.
    chunks = app.get_by_role("tab", name="Chunks")
    expect(chunks).to_have_count(1)
    expect(chunks).to_have_attribute("aria-selected", "true")


@pytest.mark.charts
def test_the_tabs_show_timeline_tokens_chunks_http_and_problems(app):
    expect(app.locator(".js-plotly-plot").first).to_be_visible()
    expect(app.get_by_text("The response headers arrived after 192.5 ms")).to_be_visible()
    choose_tab(app, "Tokens")
    expect(app.get_by_text("373 = 213 + 27 + 133", exact=True)).to_be_visible()
    expect(app.get_by_text("13 + 120 = 133", exact=True)).to_be_visible()
    choose_tab(app, "Chunks")
    expect(app.get_by_text("163 of 163 chunks")).to_be_visible()
    expect(app.get_by_test_id("stDataFrame").locator("visible=true")).to_have_count(1)
    choose_tab(app, "HTTP")
    expect(app.get_by_text("POST https://api.x.ai/v1/chat/completions")).to_be_visible()
    expect(app.get_by_text("You are a helpful assistant")).to_be_visible()
    choose_tab(app, "Problems")
    expect(app.get_by_text("No problems were found.")).to_be_visible()


def test_an_uploaded_file_is_shown_and_the_first_can_be_picked_again(app):
    upload(app, "mine.sse", chat("Hello ", "there", model="my-model"))
    expect(app.get_by_role("heading", name="my-model")).to_be_visible()
    expect(pane(app, "content")).to_have_text("Hello there")
    expect(app.get_by_text("speed not recorded").first).to_be_visible()
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("grok-code-fast-1")).click()
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a: [", "not readable as YAML (while parsing a flow node: did not find expected node content at line 2)"),
        ('{"a": 1}', "not a cassette of a known recorder: it is a mapping with the keys 'a'"),
        ("version: 2\ninteractions: []\n", "the go-vcr cassette has no interactions"),
    ],
)
def test_a_broken_file_shows_a_clear_error_and_the_page_still_works(app, content, reason):
    upload(app, "broken.yaml", content)
    expect(app.get_by_role("heading", name="This file cannot be opened")).to_be_visible()
    expect(app.get_by_text(f"broken.yaml: {reason}")).to_be_visible()
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("grok-code-fast-1")).click()
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()


def test_a_truncated_file_shows_what_it_holds_and_the_problem(app, seed_bytes):
    upload(app, "cut.yaml", seed_bytes[:20000])
    # A click on a tab of the previous recording would be lost.
    expect(app.get_by_role("link", name="1 problem")).to_be_visible()
    choose_tab(app, "Problems")
    expect(app.get_by_text("Event 85 is cut off in the middle.")).to_be_visible()
    expect(app.get_by_text("warning · cut.yaml · interaction 0 · byte 18,693")).to_be_visible()
    expect(pane(app, "reasoning")).to_contain_text("First, the user asked")


def test_a_recording_without_a_stream_shows_its_request_and_response(app):
    body = "{body: '{\"answer\": 42}', code: 200, status: 200 OK, headers: {Content-Type: [application/json]}}"
    upload(
        app,
        "plain.yaml",
        f"version: 2\ninteractions:\n- request: {{url: 'https://a.example/v1', method: GET}}\n  response: {body}\n",
    )
    expect(app.get_by_text("The response was not streamed (application/json, 14 bytes).").first).to_be_visible()
    expect(app.get_by_text("GET https://a.example/v1")).to_be_visible()


HOSTILE = [
    "</script><img src=https://evil.example/a onerror=alert(1)>",
    "![x](https://evil.example/b) [link](javascript:alert(2)) $\\LaTeX$ :material/home:",
    "\u202eright to left\u202c zero\u200bwidth 👩‍",
    "👩‍👧 <b>bold</b> &amp; <!-- -->",
]


@pytest.mark.charts
def test_hostile_text_is_shown_as_text_everywhere(app):
    name = HOSTILE[0]
    events = chat(*HOSTILE, model=HOSTILE[0])
    call = {
        "index": 0,
        "function": {"name": HOSTILE[3] + "<a href='https://evil.example'>f</a>", "arguments": HOSTILE[0]},
    }
    events += f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'tool_calls': [call]}}]})}\n\n"
    events += f"data: {json.dumps({'error': {'message': HOSTILE[1]}})}\n\n"
    headers = {"X-Odd": [HOSTILE[1]], "Authorization": ["Bearer sk-very-secret"]}
    cassette = {
        "version": 2,
        "interactions": [
            {
                "request": {
                    "url": f"https://a.example/?q={HOSTILE[0]}&key=sk-very-secret",
                    "method": HOSTILE[1],
                    "headers": headers,
                    "body": HOSTILE[0],
                },
                "response": {"body": events, "code": 200, "status": f"200 {HOSTILE[1]}", "headers": {}},
            }
        ],
    }
    upload(app, f"{HOSTILE[1].replace('/', '_')}.yaml", json.dumps(cassette))
    expect(app.get_by_role("heading", name=name)).to_be_visible()
    assert text_of(app, "content") == "".join(HOSTILE)
    for tab in ("Timeline", "Tokens", "Chunks", "Conversation", "HTTP", "Problems"):
        open_tab(app, tab)
    assert app.locator("img[src*=evil], a[href*=evil], a[*|href*=evil], a[href^=javascript]").count() == 0
    assert "sk-very-secret" not in app.content()
    choose_tab(app, "HTTP")
    expect(app.get_by_text("key=•••")).to_be_visible()


def test_a_stream_of_a_cassette_with_several_can_be_picked(app, seed_bytes):
    second = chat("The other one", model="other").replace("\n\n", "\n").strip().replace("\n", "\n\n      ")
    more = f"- request: {{url: 'https://b.example'}}\n  response:\n    body: |+\n      {second}\n\n    code: 200\n"
    upload(app, "two.yaml", seed_bytes + more.encode())
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()
    app.get_by_label("Interaction").click()
    app.get_by_role("option", name=re.compile("1 · other · The other one")).click()
    expect(app.get_by_role("heading", name="other")).to_be_visible()
    expect(pane(app, "content")).to_have_text("The other one")


def test_half_a_surrogate_pair_breaks_no_tab(app):
    events = [
        r'{"model":"\ud83d","choices":[{"index":0,"delta":{"content":"\ud83d"}}]}',
        r'{"choices":[{"index":0,"delta":{"content":"\ude00 ok"}}],"usage":{"prompt_tokens":1,"x":"\ud83d"}}',
        r'{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"name":"\ud83d","arguments":"{}"}}]}}]}',
        r'{"choices":[],"error":{"message":"\ud83d"}}',
    ]
    upload(app, "halves.sse", "".join(f"data: {event}\n\n" for event in events))
    expect(pane(app, "content")).to_contain_text("ok")
    choose_tab(app, "Problems")
    expect(app.get_by_text("The provider sent an error").first).to_be_attached()
    for tab in ("Tokens", "Chunks", "HTTP"):
        open_tab(app, tab)


def test_several_choices_are_shown_one_at_a_time(app):
    events = [{"choices": [{"index": index, "delta": {"content": f"answer {index}"}}]} for index in (0, 1)]
    upload(app, "n2.sse", "".join(f"data: {json.dumps(event)}\n\n" for event in events))
    expect(pane(app, "content")).to_have_text("answer 0")
    app.get_by_role("combobox", name="Choice").click()
    app.get_by_role("option", name="1").click()
    expect(pane(app, "content")).to_have_text("answer 1")


def test_a_refused_request_can_be_picked_next_to_the_streams(app, seed_bytes):
    refused = (
        "- request: {url: 'https://b.example', method: POST}\n"
        '  response: {body: \'{"error": "slow down"}\', code: 429, status: 429 Too Many Requests, headers: {}}\n'
    )
    upload(
        app, "retry.yaml", b"version: 2\ninteractions:\n" + refused.encode() + seed_bytes.split(b"interactions:\n")[1]
    )
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()
    app.get_by_label("Interaction").click()
    app.get_by_role("option", name="0 · 429 Too Many Requests · no stream").click()
    expect(app.get_by_role("heading", name="429 Too Many Requests")).to_be_visible()
    expect(app.get_by_text("The provider answered 429 Too Many Requests")).to_be_visible()
    expect(app.get_by_text('"error": "slow down"')).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 2560])
def test_nothing_runs_over_the_edge_at_any_width(looked_at, width):
    looked_at.set_viewport_size({"width": width, "height": 900})
    wait_for_width(looked_at, width)
    overflow = looked_at.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    assert overflow <= 0
    assert scrubber(looked_at).bounding_box()["width"] > 150
    title = looked_at.get_by_role("heading", name="grok-code-fast-1")
    middle = title.evaluate(
        "node => { const box = node.getBoundingClientRect();"
        " return node.getRootNode().elementFromPoint(box.left + 5, box.top + box.height / 2) === node }"
    )
    assert middle, "the title is covered"


@pytest.mark.charts
def test_a_stream_of_100_000_chunks_is_shown_played_and_listed(app):
    lines = [
        f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': f'w{index} '}}]})}\n\n"
        for index in range(100_000)
    ]
    upload(app, "long.sse", "".join(lines).encode())
    pane = app.get_by_role("group", name="content", exact=True)
    expect(app.get_by_role("group", name="Replay of openai-chat")).to_be_visible(timeout=60_000)
    assert pane.evaluate("node => node.textContent.length") == sum(len(f"w{index} ") for index in range(100_000))
    app.get_by_role("slider", name="Position").press("5")
    half = pane.evaluate("node => node.textContent")
    last = int(half.rsplit("w", 1)[1])
    assert 45_000 < last < 55_000
    assert half == "".join(f"w{index} " for index in range(last + 1))
    slider = app.get_by_role("slider", name="Position")
    begin_s = float(slider.get_attribute("aria-valuenow"))
    app.get_by_role("button", name="Play", exact=True).click()
    wait_for_position(slider, begin_s)
    app.get_by_role("button", name="Pause").click()
    choose_tab(app, "Chunks")
    expect(app.get_by_text("100,000 of 100,000 chunks")).to_be_visible(timeout=60_000)
    app.get_by_label("Text", exact=True).fill("w99999")
    app.get_by_label("Text", exact=True).press("Enter")
    expect(app.get_by_text("1 of 100,000 chunks")).to_be_visible(timeout=60_000)
