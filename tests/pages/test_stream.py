"""What a user does on the page of one recording."""

import json
import re

import pytest
from playwright.sync_api import expect

import viewer
from tests.support.waiting import choose_tab, open_tab, positions_of_frames, wait_for_position, wait_for_width
from viewer.pages.server.recordings import SAMPLES

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
def test_a_click_on_the_lanes_shows_exactly_what_had_arrived_by_then(looked_at, seed_stream, fraction):
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


def test_dragging_over_the_lanes_scrubs(app):
    box = scrubber(app).bounding_box()
    app.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 10)
    app.mouse.down()
    app.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 10)
    halfway = position(app)
    app.mouse.move(box["x"] - 50, box["y"] + 10)
    app.mouse.up()
    assert 0.4 < halfway / 1.963 < 0.6
    assert position(app) == 0


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
    assert position(app) == 0
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
    open_tab(app, "Chunks")
    expect(app.get_by_role("dialog")).to_have_count(0)
    assert position(app) == 0


def test_a_change_of_speed_while_playing_keeps_the_position(app):
    app.get_by_label("Speed").select_option("0.25")
    app.get_by_role("button", name="Play").click()
    wait_for_position(scrubber(app), 0.1)
    before = position(app)
    app.get_by_label("Speed").select_option("0.5")
    assert before <= position(app) < before + 0.5
    app.get_by_role("button", name="Pause").click()


def test_the_position_survives_a_rerun_of_the_page(app):
    scrubber(app).focus()
    app.keyboard.press("3")
    here = position(app)
    choose_tab(app, "Chunks")
    app.get_by_label("Kinds").click()
    app.get_by_role("option", name="content").click()
    # An open list hides everything else from the accessibility tree.
    app.keyboard.press("Escape")
    expect(app.get_by_text("27 of 163 chunks")).to_be_visible()
    assert position(app) == here


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


def test_several_files_are_dropped_at_once_and_each_can_be_picked(app):
    transfer = app.evaluate_handle(
        """files => {
          const transfer = new DataTransfer();
          for (const [name, text] of files) transfer.items.add(new File([text], name));
          return transfer;
        }""",
        [["one.sse", chat("first", model="model-one")], ["two.sse", chat("second", model="model-two")]],
    )
    zone = app.get_by_test_id("stFileUploaderDropzone")
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": transfer})
    expect(app.get_by_role("heading", name="model-one")).to_be_visible()
    app.get_by_label("Recording").click()
    app.get_by_role("option", name="two.sse").click()
    expect(app.get_by_role("heading", name="model-two")).to_be_visible()
    expect(pane(app, "content")).to_have_text("second")


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


def test_a_deck_pauses_when_another_recording_is_picked(app):
    app.get_by_label("Speed").select_option("0.25")
    app.get_by_role("button", name="Play").click()
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("gemma-3-270m_list")).click()
    expect(app.get_by_role("heading", name="gemma-3-270m")).to_be_visible()
    # Play long enough that the first deck would have moved on.
    app.get_by_role("button", name="Play").click()
    wait_for_position(scrubber(app), 1.5)
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile("grok-code-fast-1")).click()
    expect(app.get_by_role("heading", name="grok-code-fast-1")).to_be_visible()
    # The deck appears after the heading. The previous deck is twice as long.
    expect(app.get_by_role("slider", name="Position")).to_have_attribute("aria-valuemax", re.compile(r"^1\."))
    expect(app.get_by_role("button", name="Play")).to_be_visible()
    here, *later = positions_of_frames(scrubber(app), 20)
    assert set(later) == {here}
    assert here < 1.9


@pytest.mark.parametrize(
    ("sample", "heading"),
    [
        ("gemma-3-270m_list.sse", "gemma-3-270m"),
        ("gemma-3-270m_short.har", "gemma-3-270m"),
        ("gemma-3-270m_anthropic.sse", "gemma-3-270m"),
    ],
)
def test_every_sample_plays_to_its_recorded_text(app, sample, heading):
    stream = viewer.load(SAMPLES / sample).streams[0]
    app.get_by_label("Recording").click()
    app.get_by_role("option", name=re.compile(re.escape(sample))).click()
    # The deck appears after the heading.
    expect(app.get_by_role("group", name=f"Replay of {heading}")).to_be_visible()
    app.get_by_label("Speed").select_option("16")
    app.get_by_role("button", name="Play").click()
    expect(app.get_by_role("button", name="Play")).to_be_visible(timeout=10_000)
    assert text_of(app, "content") == stream.text()


@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(122, 79, 208)"), ("dark", "rgb(183, 156, 240)")])
def test_the_colours_follow_the_theme(looked_at, scheme, colour):
    looked_at.emulate_media(color_scheme=scheme)
    swatch = looked_at.locator(".deck-swatch.deck-reasoning")
    expect(swatch).to_have_css("background-color", colour)


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
