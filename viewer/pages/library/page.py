"""The page of many recordings: one row for each stream, which can be filtered, searched, added up, queried and opened."""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import streamlit as st

from viewer.display.nodes import node
from viewer.library.search import SearchError, matching
from viewer.library.snippets import Hit, hits_in
from viewer.library.stream_rows import TEXT_COLUMNS
from viewer.pages.compare import page as compare
from viewer.pages.library.distributions import show_distributions
from viewer.pages.library.facets import chosen_in_address, facet_values, passing
from viewer.pages.library.list import Asked, show_list
from viewer.pages.library.percentiles import show_percentiles
from viewer.pages.library.places import address_of, place_in
from viewer.pages.library.query import show_query
from viewer.pages.library.rows import list_rows
from viewer.pages.library.totals import show_totals
from viewer.pages.navigation import stream_page
from viewer.pages.parts.legend import show_legend
from viewer.pages.parts.no_recording import show_nothing_open
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.library_rows import ReadRows, rows_so_far
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import library_path, listed_recordings, open_cassette, tables_path
from viewer.text.words import counted, number
from viewer.types.problems import CassetteError

_REFRESH_S = 0.5
# While rows come, the list is drawn again once it has grown by this factor, so that all drawings cost little more than the last.
_GROWTH = 1.4
_HITS_PER_ROW = 3
_SHOWN_KEY, _UNFINISHED_KEY = "library_shown", "library_unfinished"


class _Shown(NamedTuple):
    """The rows that the list shows."""

    identity: Hashable
    """Of the recordings that are listed."""
    read: ReadRows
    rows: str
    """As JSON."""


def render() -> None:
    """Show the streams of all recordings opened by the user or offered by the server, or of the samples if there are none."""
    _show_missing_folder()
    by_key = listed_recordings()
    if at := place_in(st.query_params.get("at", "")):
        _go(
            Asked(
                "library", {**{name: st.query_params.get(name, "") for name in ("file", "stream")}, "at": at.written()}
            ),
            by_key,
        )
    listed = list(by_key.values())
    # Samples would distort the totals of one's own recordings.
    own = [one for one in listed if one.origin != "sample"]
    listed = own or listed
    if not listed:
        show_nothing_open()
        return
    read = rows_so_far(listed)
    st.session_state[_UNFINISHED_KEY] = not read.is_complete
    st.fragment(_show_rows, run_every=None if read.is_complete else _REFRESH_S)(listed, are_samples=not own)
    # A query of some of the rows would look like one of all.
    if read.is_complete:
        show_query(read.library.streams, tables_path())
        _show_not_listed(read.library.unreadable, _names(listed))


def _show_missing_folder() -> None:
    path = library_path()
    if path and "://" not in path and not Path(path).exists():
        text = f"The server's library is not here: {path}. It is set with --library or VIEWER_LIBRARY."
        sheet([node("div", "problem warning", node("p", "", text))], key="missing_library")


def _names(listed: Sequence[ListedRecording]) -> dict[str, str]:
    return {one.key: one.name for one in listed}


def _show_rows(listed: Sequence[ListedRecording], *, are_samples: bool) -> None:
    """Show what is read so far. While more is to come, this part of the page runs again and again."""
    newest = rows_so_far(listed)
    shown = _rows_to_show(newest, _names(listed))
    streams, texts = shown.read.library.streams, shown.read.library.texts
    totals, search = st.container(key="totals_place"), st.container(key="search_place")
    with search:
        wanted = st.text_input(
            "Search the library",
            key="q",
            label_visibility="collapsed",
            placeholder="answers, reasoning, tool calls, requests, paths",
            bind="query-params",
            type="search",
        )
    found = _found(streams, texts, wanted or "", _names(listed))
    passes = passing(facet_values(streams), chosen_in_address())
    chosen = streams[passes if found is None else passes & found]
    with totals:
        show_totals(chosen, len(streams))
        _show_progress(newest)
    hits = {} if found is None else _hits(texts[found], wanted or "")
    passing_rows = None if found is None else found.to_numpy().nonzero()[0].tolist()
    asked = show_list(shown.rows, passing_rows, hits) if len(streams) else None
    if asked:
        _go(asked, listed_recordings())
    if newest.is_complete and not len(streams):
        note = "None of the open recordings has a stream or an answer. Drop another one anywhere on this page."
        sheet([node("p", "note", note)], key="no_rows")
    if are_samples:
        note = "These rows are samples. Once you open recordings of your own, the samples disappear from this list."
        sheet([node("p", "note", note)], key="samples_note")
    show_legend(_grades(chosen))
    show_distributions(chosen)
    show_percentiles(chosen)
    if newest.is_complete and st.session_state[_UNFINISHED_KEY]:
        # Ends the repetition, and shows the parts of the page that need all rows.
        st.rerun()


def _show_progress(read: ReadRows) -> None:
    text = "" if read.is_complete else f"{number(read.done)} of {number(read.total)} recordings read"
    sheet([node("p", {"class": "note", "role": "status"}, text)] if text else [], key="progress")


def _rows_to_show(newest: ReadRows, names: dict[str, str]) -> _Shown:
    """Return the newest rows, or, while rows come, those of an earlier run until there are many more."""
    identity = (newest.total, hash(tuple(names)))
    shown: _Shown | None = st.session_state.get(_SHOWN_KEY)
    if shown and shown.identity == identity:
        done = shown.read.done
        if newest.done == done or (not newest.is_complete and done and newest.done < done * _GROWTH):
            return shown
    shown = _Shown(identity, newest, list_rows(newest.library.streams, newest.library.texts, names))
    st.session_state[_SHOWN_KEY] = shown
    return shown


def _found(
    streams: pd.DataFrame, texts: pd.DataFrame, wanted: str, names: Mapping[str, str]
) -> "pd.Series[bool] | None":
    """Return which rows the search finds, in their texts or in the path of their recording; None without a search."""
    if not wanted:
        return None
    is_named = streams["name"].map(names).str.contains(wanted, case=False, regex=False).fillna(value=False).astype(bool)
    try:
        return matching(texts, wanted) | is_named
    except SearchError as error:
        sheet([node("div", "problem warning", node("p", "", str(error)))], key="search_error")
        return is_named


def _hits(texts: pd.DataFrame, wanted: str) -> dict[int, list[Hit]]:
    columns = list(TEXT_COLUMNS)
    found = {
        row: hits_in(dict(zip(columns, values, strict=True)), wanted, _HITS_PER_ROW)
        for row, values in zip(texts.index, texts[columns].itertuples(index=False, name=None), strict=True)
    }
    return {row: hits for row, hits in found.items() if hits}


def _go(asked: Asked, listed: Mapping[str, ListedRecording]) -> None:
    """Leave this page for another. A place that a search has found is looked up in the recording."""
    if asked.page == "compare":
        st.switch_page(st.Page(compare.render, title="Compare", url_path="compare"), query_params=dict(asked.query))
    query = {name: str(asked.query.get(name, "")) for name in ("file", "stream")}
    place = place_in(str(asked.query.get("at", "")))
    if place and query["file"] in listed and query["stream"].isdigit():
        try:
            cassette, _ = open_cassette(listed[query["file"]])
            query |= address_of(cassette, int(query["stream"]), place)
        except CassetteError:
            # The page of the recording says why it cannot be opened.
            pass
    st.switch_page(stream_page(), query_params=query)


def _grades(streams: pd.DataFrame) -> set[str]:
    columns = (streams[column].dropna() for column in ("grade", "ttft_grade", "length_grade"))
    return {str(grade) for column in columns for grade in column.unique()}


def _show_not_listed(unreadable: pd.DataFrame, names: Mapping[str, str]) -> None:
    if unreadable.empty:
        return
    expander = st.expander(
        f"{counted(len(unreadable), 'recording')} not listed", key="unreadable_files", on_change="rerun"
    )
    if not expander.open:
        return
    with expander:
        rows = [
            node("tr", "", node("td", "", names.get(name, name)), node("td", "", f"{reason} {advice}".strip()))
            for name, reason, advice in unreadable[["name", "reason", "advice"]].itertuples(index=False, name=None)
        ]
        head = node("tr", "", node("th", "", "recording"), node("th", "", "why"))
        sheet([node("div", "scroll", node("table", "table", head, *rows))], key="unreadable_table")
