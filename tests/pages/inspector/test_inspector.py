"""What a user does in the inspector."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support.waiting import choose_tab, open_tab


def upload(page, name, content):
    content = content if isinstance(content, bytes) else content.encode()
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])


def chat(*texts, **more):
    events = [{"choices": [{"index": 0, "delta": {"content": text}}], **more} for text in texts]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events)


def panel(page, name):
    return page.get_by_role("tabpanel", name=name)


def selected(page):
    return page.get_by_role("tree").locator("[aria-selected=true]")


def address_has(page, parameter):
    return expect(page).to_have_url(re.compile(rf"[?&]{re.escape(parameter)}(&|$)"))


def test_the_first_paint_loads_neither_charts_nor_tables_nor_code_blocks(app):
    expect(app.get_by_role("tree", name="event")).to_be_visible()
    loaded = app.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not [name for name in loaded if re.search("plotly|DataFrame|glide|SyntaxHighlighter", name, re.IGNORECASE)]


def test_events_are_walked_by_buttons_and_rows_and_the_tree_by_keys(app):
    expect(app.get_by_text("No event is selected. This is the first that adds something.")).to_be_visible()
    app.get_by_role("button", name="Next →").click()
    expect(app.get_by_text("Event 1 (of 0 to 162)")).to_be_visible()
    address_has(app, "event=1")
    tree = app.get_by_role("tree", name="event")
    expect(tree.get_by_text('","', exact=True)).to_be_visible()

    tree.get_by_role("treeitem").first.focus()
    app.keyboard.press("End")
    expect(app.locator(".json-path")).to_have_text(".system_fingerprint")
    for _ in range(4):
        app.keyboard.press("ArrowUp")
    expect(selected(app)).to_have_text(re.compile("^0: "))
    app.keyboard.press("ArrowLeft")
    expect(selected(app)).to_have_attribute("aria-expanded", "false")
    app.keyboard.press("ArrowLeft")
    expect(app.locator(".json-path")).to_have_text(".choices")
    app.keyboard.press("c")
    expect(app.get_by_role("dialog")).to_have_count(0)

    choose_tab(app, "Chunks")
    row = app.locator(".rows tr[aria-selected=true]")
    expect(row).to_contain_text(",")
    app.get_by_role("grid", name="Chunks").press("ArrowDown")
    expect(row).to_contain_text(" the")
    address_has(app, "event=2")
    expect(panel(app, "Chunks").get_by_role("tree", name="event")).to_contain_text(
        '"reasoning_content": " the"'.replace('"', "", 2)
    )

    choose_tab(app, "HTTP")
    expect(row.locator("td").first).to_have_text("2")
    app.get_by_role("grid", name="Events").press("End")
    expect(row.locator("td").first).to_have_text("162")
    expect(row).to_be_in_viewport()
    address_has(app, "event=162")
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    app.get_by_role("button", name="Copy as cURL").click()
    expect(app.get_by_role("button", name="Copied")).to_be_visible()
    assert app.evaluate("navigator.clipboard.readText()").startswith("curl https://api.x.ai/v1/chat/completions")


def test_a_filter_of_one_stream_does_not_apply_to_another(app):
    choose_tab(app, "Chunks")
    app.get_by_label("Kinds").click()
    app.get_by_role("option", name="silent").click()
    app.keyboard.press("Escape")
    expect(app.get_by_text("120 of 163 chunks")).to_be_visible()
    app.get_by_role("combobox", name="Recording").click()
    app.get_by_role("option", name=re.compile("gemma-3-270m_list")).click()
    expect(app.get_by_text("124 of 124 chunks")).to_be_visible()


@pytest.mark.charts
def test_a_click_on_a_point_of_the_chart_selects_its_event(app):
    choose_tab(app, "Figures")
    expect(app.locator(".js-plotly-plot").first).to_be_visible()
    expect(app.get_by_text("The response headers arrived after 192.5 ms")).to_be_visible()
    point = app.locator(".js-plotly-plot .scatterlayer .point").last
    box = point.bounding_box()
    app.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    address_has(app, "event=159")


def test_a_place_of_a_problem_selects_its_event(app, seed_bytes):
    upload(app, "cut.yaml", seed_bytes[:20000])
    expect(app.get_by_text(re.compile("1 problem")).first).to_be_visible()
    choose_tab(app, "Problems")
    expect(app.get_by_text("Event 85 is cut off in the middle.").last).to_be_visible()
    app.get_by_role("button", name="event 85, byte 18,693").click()
    expect(app.get_by_role("tab", name="Event")).to_have_attribute("aria-selected", "true")
    expect(app.get_by_text("Event 85 (of 0 to 85)")).to_be_visible()
    address_has(app, "event=85")


HOSTILE = [
    "</script><img src=https://evil.example/a onerror=alert(1)>",
    "![x](https://evil.example/b) [link](javascript:alert(2)) $\\LaTeX$ :material/home:",
    "\u202eright to left\u202c zero\u200bwidth 👩‍",
    "👩‍👧 <b>bold</b> &amp; <!-- -->",
]


@pytest.mark.charts
def test_hostile_text_and_halves_of_characters_are_shown_as_text_in_every_tab(app):
    events = chat(*HOSTILE, model=HOSTILE[0])
    call = {"index": 0, "function": {"name": HOSTILE[3], "arguments": HOSTILE[0]}}
    events += f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'tool_calls': [call]}}]})}\n\n"
    events += f"event: {HOSTILE[0]}\nid: {HOSTILE[1]}\n: {HOSTILE[0]}\ndata: {json.dumps({HOSTILE[0]: {HOSTILE[1]: HOSTILE}})}\n\n"
    events += (
        'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}],"usage":{"prompt_tokens":1,"x":"\\ud83d"}}\n\n'
    )
    events += f"data: {json.dumps({'error': {'message': HOSTILE[1]}})}\n\n"
    headers = {"X-Odd": [HOSTILE[1]], "Authorization": ["Bearer sk-very-secret"]}
    request = {
        "url": f"https://a.example/?q={HOSTILE[0]}&key=sk-very-secret",
        "method": HOSTILE[1],
        "headers": headers,
        "body": json.dumps({"messages": [{"role": HOSTILE[0], "content": HOSTILE[1]}], HOSTILE[0]: HOSTILE}),
    }
    response = {"body": events, "code": 200, "status": f"200 {HOSTILE[1]}", "headers": {}}
    upload(
        app, "hostile.yaml", json.dumps({"version": 2, "interactions": [{"request": request, "response": response}]})
    )
    expect(app.get_by_role("heading", name=HOSTILE[0])).to_be_visible()
    for tab in ("Event", "Chunks", "Tokens", "Figures", "Request", "HTTP", "Problems"):
        open_tab(app, tab)
    assert app.locator("img[src*=evil], a[href*=evil], a[*|href*=evil], a[href^=javascript]").count() == 0
    assert "sk-very-secret" not in app.content()
    choose_tab(app, "HTTP")
    expect(app.get_by_text("key=•••").first).to_be_visible()
    expect(panel(app, "HTTP").get_by_role("tree").first).to_contain_text(HOSTILE[0])
