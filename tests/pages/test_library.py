"""The library and the comparison."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.waiting import wait_for_streamlit
from viewer.library.ready_queries import READY_QUERIES
from viewer.pages.library.query import ready_for, tables_of


def figure(page, label):
    return page.locator(".figures .figure").filter(has=page.get_by_text(label, exact=True)).locator("dd").first


@pytest.fixture
def library(app):
    app.get_by_role("link", name="Library").click()
    expect(app.get_by_role("heading", name="Library")).to_be_visible(timeout=30_000)
    return app


def test_the_library_lists_every_stream_answer_and_error_with_totals(library):
    expect(figure(library, "Streams and answers")).to_have_text("16")
    expect(library.get_by_text("14 streams, 1 answer, 1 error")).to_be_visible()
    expect(figure(library, "Time to first token")).to_have_text(re.compile("●$"))
    expect(library.get_by_test_id("stDataFrame")).to_be_visible()


def test_the_library_explains_its_marks(library):
    expect(library.get_by_text("How well times are known")).to_be_visible()
    expect(library.get_by_text("bounded: known only within bounds")).to_be_visible()
    library.get_by_role("searchbox", name="Search").fill("Rayleigh")
    library.get_by_role("searchbox", name="Search").press("Enter")
    expect(library.get_by_text("bounded: known only within bounds")).to_have_count(0)
    expect(library.get_by_text("stamped: the server's own time", exact=False)).to_be_visible()


def test_a_time_known_only_by_a_bound_is_not_reported_as_missing(library):
    library.get_by_role("searchbox", name="Search").fill("grok-code-fast-1_simple")
    library.get_by_role("searchbox", name="Search").press("Enter")
    expect(figure(library, "Streams and answers")).to_have_text("1")
    expect(library.get_by_text("1 stream has only bounds")).to_be_visible()


def test_the_library_is_searched_inside_texts_and_a_link_keeps_the_search(library):
    library.get_by_role("searchbox", name="Search").fill("Rayleigh")
    library.get_by_role("searchbox", name="Search").press("Enter")
    expect(figure(library, "Streams and answers")).to_have_text("1")
    assert "q=Rayleigh" in library.evaluate("location.search")
    library.reload()
    expect(figure(library, "Streams and answers")).to_have_text("1", timeout=30_000)


def test_a_click_on_a_row_opens_its_stream(library):
    library.get_by_role("searchbox", name="Search").fill("Rayleigh")
    library.get_by_role("searchbox", name="Search").press("Enter")
    expect(figure(library, "Streams and answers")).to_have_text("1")
    table = library.get_by_test_id("stDataFrame").locator("visible=true")
    # The header and one row.
    expect(table.locator("canvas [role=row]")).to_have_count(2)
    # Playwright waits until the table no longer moves.
    table.click(position={"x": 18, "y": 35 + 17})
    expect(library.get_by_role("heading", name="qwen3:4b")).to_be_visible()
    assert "file=sample%2Fqwen3_ollama.ndjson" in library.evaluate("location.search")


@pytest.mark.charts
def test_distributions_are_drawn_once_they_are_opened(library):
    expect(library.get_by_text("Distributions")).to_be_visible()
    expect(library.get_by_test_id("stPlotlyChart")).to_have_count(0)
    library.get_by_text("Distributions").click()
    charts = library.get_by_test_id("stPlotlyChart").filter(has=library.locator("svg.main-svg"))
    expect(charts).to_have_count(2, timeout=30_000)


@pytest.fixture
def asking(library):
    """The library with the SQL panel open."""
    # High enough for everything: a click on an element out of sight scrolls the page, which closes a list of options.
    library.set_viewport_size({"width": 1400, "height": 1700})
    library.get_by_text("Query with SQL").click()
    expect(library.get_by_role("button", name="Run", exact=True)).to_be_visible(timeout=30_000)
    # A run that ends later would close the list of options.
    wait_for_streamlit(library)
    return library


def result(page):
    """The table of a query's result."""
    return page.get_by_test_id("stExpander").filter(has_text="Query with SQL").get_by_test_id("stDataFrame")


def ask(page, sql=None):
    # A click while a run of the page replaces the button would be lost.
    wait_for_streamlit(page)
    if sql:
        page.get_by_role("textbox", name="SQL").fill(sql)
        page.get_by_role("textbox", name="SQL").blur()
        wait_for_streamlit(page)
    page.get_by_role("button", name="Run", exact=True).click()


def cells(page):
    """The accessible text of a query's result: the names of its columns, then its rows."""
    rows = result(page).locator("canvas [role=row]")
    expect(rows).not_to_have_count(0)
    return [row.locator("[role=columnheader], [role=gridcell]").all_text_contents() for row in rows.all()]


def test_an_example_query_runs_and_shows_rows(asking):
    asking.get_by_role("combobox", name="Example queries").click()
    expect(asking.get_by_role("option")).to_have_count(sum(one.table == "streams" for one in READY_QUERIES))
    asking.get_by_role("option", name="Errors, incomplete streams and problems").click()
    expect(asking.get_by_role("textbox", name="SQL")).to_have_value(re.compile("error IS NOT NULL"))
    ask(asking)
    expect(asking.get_by_text(re.compile(r"^3 rows · "))).to_be_visible(timeout=30_000)
    header, *rows = cells(asking)
    assert header[:3] == ["name", "interaction", "kind"]
    assert [row[2] for row in rows] == ["stream", "error", "answer"]
    expect(result(asking).get_by_role("button", name="Download as CSV")).to_be_attached()


@pytest.mark.charts
def test_hostile_text_in_the_result_of_a_query_is_shown_as_text(app):
    hostile = "<img src=//evil.example/x.png onerror=alert(1)> ![x](https://evil.example/x.png) :red[x]"
    event = json.dumps({"model": hostile, "choices": [{"index": 0, "delta": {"content": hostile}}]})
    upload = app.locator("input[type=file]")
    upload.set_input_files([{"name": "h.sse", "mimeType": "text/plain", "buffer": f"data: {event}\n\n".encode()}])
    expect(app.get_by_role("heading", name="<img")).to_be_visible()
    app.get_by_role("link", name="Library").click()
    app.get_by_text("Query with SQL").click()
    # As a value, as the name of a column, and in an error message.
    ask(app, f"""SELECT opening AS "{hostile}" FROM streams WHERE model LIKE '<img%'""")  # noqa: S608
    expect(app.get_by_text(re.compile(r"^1 row · "))).to_be_visible(timeout=30_000)
    assert cells(app) == [[hostile], [hostile]]
    ask(app, "SELECT model::INT FROM streams WHERE model LIKE '<img%'")
    expect(app.get_by_text(f"Could not convert string '{hostile}'")).to_be_visible(timeout=30_000)


def test_a_query_that_is_refused_says_why(asking):
    ask(asking, "SELECT * FROM read_csv('/etc/passwd')")
    why = 'A query can read only the tables: cannot access file "/etc/passwd".'
    expect(asking.get_by_text(why)).to_be_visible(timeout=30_000)
    expect(result(asking)).to_have_count(0)


def test_queries_run_on_the_index_of_the_server_if_it_has_one_otherwise_on_the_rows_of_the_page():
    streams = pd.DataFrame({"name": ["a"]})
    assert tables_of("/srv/tables", streams) == Path("/srv/tables")
    assert ready_for(tables_of("/srv/tables", streams)) == list(READY_QUERIES)
    assert tables_of("", streams)["streams"] is streams
    assert {one.table for one in ready_for(tables_of("", streams))} == {"streams"}


@pytest.mark.parametrize("path", ["?tab=Conversation", "?tab=Chunks", "?tab=Tokens", "library", "compare"])
def test_axe_finds_nothing_in_our_elements(looked_at, server, path):
    looked_at.goto(f"{server}/{path}")
    looked_at.locator("h1").first.wait_for()
    for scheme in ("light", "dark"):
        looked_at.emulate_media(color_scheme=scheme)
        colour = {"light": "rgb(255, 255, 255)", "dark": "rgb(14, 17, 23)"}[scheme]
        expect(looked_at.get_by_test_id("stApp")).to_have_css("background-color", colour)
        wait_for_streamlit(looked_at)
        found = Axe().run(looked_at).response["violations"]
        ours = [
            (scheme, violation["id"], node["html"][:120])
            for violation in found
            for node in violation["nodes"]
            if not any(theirs in node["html"] for theirs in ("data-testid", "stApp", "dvn-", "st-emotion"))
        ]
        assert ours == []


@pytest.mark.charts
def test_everything_can_be_reached_with_the_keyboard_alone(app):
    # The tabs are drawn after the deck.
    wait_for_streamlit(app)
    reached = set()
    for _ in range(60):
        app.keyboard.press("Tab")
        reached.add(
            app.evaluate(
                """() => {
                  let node = document.activeElement;
                  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                  return node?.getAttribute('aria-label') || node?.innerText || node?.tagName;
                }"""
            )
        )
    for name in ("Play", "Position", "Upload", "Timeline"):
        assert any(name in one for one in reached), (name, reached)
