"""The page of the library."""

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.pages.conftest import opened
from tests.support.waiting import wait_for_streamlit
from viewer.library.ready_queries import READY_QUERIES
from viewer.pages.library.query import ready_for, tables_of


def figure(page, label):
    return page.locator(".figures .figure").filter(has=page.get_by_text(label, exact=True)).locator("dd").first


@pytest.fixture
def library(page, server):
    """The library, open for one test, with all rows read."""
    with opened(page, server, "/library"):
        expect(page.locator(".count-of-rows")).to_have_text("25 rows", timeout=30_000)
        yield page


def search(page, text):
    box = page.get_by_role("searchbox", name="Search the library")
    box.fill(text)
    box.press("Enter")


def rows(page):
    return page.locator(".body .row")


def column(page, name):
    """The texts of one column, for the rows that are drawn, from top to bottom."""
    return page.locator(f".body .row .{name}").all_text_contents()


def test_the_library_lists_every_stream_answer_and_error_with_totals(library):
    expect(figure(library, "Streams and answers")).to_have_text("25")
    expect(library.get_by_text("23 streams, 1 answer, 1 error")).to_be_visible()
    expect(figure(library, "Time to first token")).to_have_text(re.compile("●$"))
    expect(library.get_by_role("grid", name="Streams, answers and errors")).to_be_visible()
    overloaded = rows(library).filter(has_text="claude-sonnet-4_overloaded.json").first
    expect(overloaded.locator(".first")).to_have_text(re.compile("^Error: "))


def test_facets_and_sorting_stay_in_the_address_and_times_sort_as_numbers(library):
    library.get_by_role("button", name="first token").click()
    shown = column(library, "first_token")
    known = [text for text in shown if text != "—"]
    assert shown == known + ["—"] * (len(shown) - len(known))
    assert [in_seconds(text) for text in known] == sorted(in_seconds(text) for text in known)
    recorders = library.get_by_role("group", name="Recorder")
    recorders.get_by_role("checkbox", name="har").check()
    expect(figure(library, "Streams and answers")).to_have_text("1")
    # The counts of a facet do not follow its own choice, but those of the other facets do.
    assert recorders.get_by_role("checkbox").count() > 2
    expect(library.get_by_role("group", name="Kind")).to_have_count(0)
    assert "sort=first_token" in library.evaluate("location.search")
    assert "recorder=har" in library.evaluate("location.search")
    library.reload()
    expect(library.locator(".count-of-rows")).to_have_text("1 of 25", timeout=30_000)
    expect(figure(library, "Streams and answers")).to_have_text("1")


def in_seconds(text):
    number, unit = re.search(r"([\d.]+) (ms|s)", text).groups()
    return float(number) / {"ms": 1000, "s": 1}[unit]


def test_a_search_shows_what_it_found_and_opens_there(library):
    search(library, "Rayleigh")
    expect(figure(library, "Streams and answers")).to_have_text("1")
    expect(library.get_by_text("bounded: known only within bounds")).to_have_count(0)
    expect(library.get_by_text("stamped: the time that the server or the program wrote", exact=False)).to_be_visible()
    assert "q=Rayleigh" in library.evaluate("location.search")
    hit = library.locator(".hit").first
    expect(hit.locator("mark")).to_have_text("Rayleigh")
    # The browser opens the same place in a new tab.
    assert "at=" in hit.get_attribute("href")
    hit.click()
    expect(library.get_by_role("heading", name="qwen3:4b")).to_be_visible()
    assert "file=sample%2Fqwen3_ollama.ndjson" in library.evaluate("location.search")
    assert re.search(r"event=\d+", library.evaluate("location.search"))


def test_rows_are_walked_ticked_and_compared_by_keyboard(library):
    search(library, "grok-code-fast-1_simple")
    # A time that is known only by a bound is not reported as missing.
    expect(figure(library, "Time to first token")).to_have_text("only bounds")
    search(library, "gemma-3-270m")
    expect(figure(library, "Streams and answers")).not_to_have_text("1")
    # The figures may be drawn before the rows.
    expect(rows(library).first).to_contain_text("gemma-3-270m")
    rows(library).first.locator(".first").focus()
    library.keyboard.press("Space")
    expect(library.get_by_text("Tick another to compare")).to_be_visible()
    library.keyboard.press("ArrowDown")
    library.keyboard.press("Space")
    link = library.get_by_role("link", name="Compare 2")
    assert re.search(r"compare\?a=sample%2F[^&]+&a_stream=0&b=sample%2F[^&]+&b_stream=0$", link.get_attribute("href"))
    library.keyboard.press("Home")
    library.keyboard.press("Enter")
    expect(library.get_by_role("heading", name="gemma-3-270m")).to_be_visible()
    assert library.evaluate("location.pathname") == "/"


@pytest.mark.charts
def test_distributions_are_drawn_once_they_are_opened(library):
    expect(library.get_by_text("Distributions")).to_be_visible()
    expect(library.get_by_test_id("stPlotlyChart")).to_have_count(0)
    library.get_by_text("Distributions").click()
    charts = library.get_by_test_id("stPlotlyChart").filter(has=library.locator("svg.main-svg"))
    expect(charts).to_have_count(2, timeout=30_000)


def test_percentiles_are_those_of_the_rows_that_the_search_leaves_and_can_be_grouped(library):
    # High enough for everything: a click on an element out of sight scrolls the page, which closes a list of options.
    library.set_viewport_size({"width": 1400, "height": 3000})
    library.get_by_text("Percentiles", exact=True).click()
    row = library.locator("tr", has_text="Output tokens")
    expect(row.locator("td").last).to_have_text("23 of 23")
    search(library, "grok-code-fast-1")
    expect(library.locator("tr", has_text="First to last chunk").locator("td").nth(1)).to_have_text("1.00 to 3.00 s")
    expect(row.locator("td").last).to_have_text("1 of 1")
    # A run that ends later would close the list of options.
    wait_for_streamlit(library)
    library.get_by_role("combobox", name="Group answers").click()
    library.get_by_role("option", name="by model").click()
    expect(library.get_by_role("heading", name="grok-code-fast-1", exact=True)).to_be_visible()


@pytest.fixture
def asking(library):
    """The library with the SQL panel open."""
    # High enough for everything: a click on an element out of sight scrolls the page, which closes a list of options.
    library.set_viewport_size({"width": 1400, "height": 3000})
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


def test_an_example_query_shows_rows_and_one_that_is_refused_says_why(asking):
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
    ask(asking, "SELECT * FROM read_csv('/etc/passwd')")
    why = 'A query can read only the tables: cannot access file "/etc/passwd".'
    expect(asking.get_by_text(why)).to_be_visible(timeout=30_000)
    expect(result(asking)).to_have_count(0)


def test_hostile_text_in_the_result_of_a_query_is_shown_as_text(asking):
    hostile = "<img src=//evil.example/x.png onerror=alert(1)> ![x](https://evil.example/x.png) :red[x]"
    # As a value, as the name of a column, and in an error message.
    ask(asking, f"""SELECT '{hostile}' AS "{hostile}" FROM streams LIMIT 1""")  # noqa: S608
    expect(asking.get_by_text(re.compile(r"^1 row · "))).to_be_visible(timeout=30_000)
    assert cells(asking) == [[hostile], [hostile]]
    ask(asking, f"SELECT '{hostile}'::INT FROM streams")  # noqa: S608
    expect(asking.get_by_text(f"Could not convert string '{hostile}'")).to_be_visible(timeout=30_000)


def test_queries_run_on_the_index_of_the_server_if_it_has_one_otherwise_on_the_rows_of_the_page():
    streams = pd.DataFrame({"name": ["a"]})
    assert tables_of("/srv/tables", streams) == Path("/srv/tables")
    assert ready_for(tables_of("/srv/tables", streams)) == list(READY_QUERIES)
    assert tables_of("", streams)["streams"] is streams
    assert {one.table for one in ready_for(tables_of("", streams))} == {"streams"}
