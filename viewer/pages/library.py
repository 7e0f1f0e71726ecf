"""The page of many recordings: a row for each stream, filtered, searched, added up, and opened by a click."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from viewer.display.nodes import Node, node
from viewer.library.library import Batch, Library, gathered, rows
from viewer.library.search import SearchError, matching
from viewer.library.totals import Totals, quantiles, totals
from viewer.pages.navigation import stream_page
from viewer.pages.parts.legend import show_legend
from viewer.pages.parts.picker import labels_of
from viewer.pages.parts.query import show_query
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.pages.server.cache import kept
from viewer.pages.server.limits import limits
from viewer.pages.server.recordings import Recording, on_offer, tables_path
from viewer.pages.server.turns import turns
from viewer.pages.stream import show_unreadable
from viewer.text.words import MARKS, NOTHING, counted, dollars, headline, number, seconds
from viewer.types.chunk_table import Grade
from viewer.types.measure import Measure
from viewer.types.problems import CassetteError

_GROUP = 16
_COLUMNS = {
    "recording": st.column_config.TextColumn("recording", width="medium"),
    "model": st.column_config.TextColumn("model"),
    "provider": st.column_config.TextColumn("provider", width="small"),
    # Wide enough for the mark, without which a time says too much.
    "first_token": st.column_config.TextColumn("first token", width=105, help="With the mark of its grade"),
    "length": st.column_config.TextColumn("length", width=105, help="First to last chunk, with the mark of its grade"),
    "input_tokens": st.column_config.NumberColumn("in", format="localized"),
    "output_tokens": st.column_config.NumberColumn("out", format="localized"),
    "reasoning_tokens": st.column_config.NumberColumn("reasoning", format="localized"),
    "cost_usd": st.column_config.NumberColumn("cost", format="$%.5f", width=85),
    "finish_reason": st.column_config.TextColumn("finish", width="small"),
    "format": st.column_config.TextColumn("recorder", width="small"),
    "protocol": st.column_config.TextColumn("protocol", width=130),
    "recorded_at": st.column_config.DatetimeColumn("recorded", format="YYYY-MM-DD HH:mm", timezone="UTC"),
    "problems": st.column_config.NumberColumn("problems"),
    "opening": st.column_config.TextColumn("begins", width="medium"),
}


def render() -> None:
    """Show the streams of all recordings that were opened or that the server offers; those of the samples where there are none."""
    offered = list(on_offer().values())
    # Samples are there to be looked at; in totals of one's own they would only be in the way.
    own = [one for one in offered if one.origin != "sample"]
    listed = own or offered
    try:
        library = _read(listed)
    except CassetteError as error:
        show_unreadable(error)
        return
    labels = labels_of(listed)
    streams = library.streams.assign(recording=library.streams["name"].map(labels))
    chosen = _filtered(streams, library.texts)
    with st.sidebar, st.container(key="legend_place"):
        show_legend(_grades(chosen))
    _show_totals(chosen, len(streams))
    _show_table(chosen, are_samples=not own)
    _show_distributions(chosen)
    show_query(library.streams, tables_path())
    _show_unreadable(library.unreadable, labels)


def _read(offered: Sequence[Recording]) -> Library:
    """Return the rows of all recordings; each group of them is read once, for all sessions as long as it is kept."""
    # The last that was opened comes last, so that it changes one group.
    ordered = [one for one in offered if one.origin != "opened"] + [
        one for one in offered[::-1] if one.origin == "opened"
    ]
    groups = [tuple(ordered[start : start + _GROUP]) for start in range(0, len(ordered), _GROUP)]
    earlier: dict[Hashable, Batch] = st.session_state.get("library_rows", {})
    read: dict[Hashable, Batch] = {}
    bar = None
    for place, group in enumerate(groups):
        key = ("rows", *((one.key, one.member.size_bytes) for one in group))
        if key not in earlier:
            bar = bar or st.progress(0.0, "Reading")
            # Without a name: what stands there is read as Markdown.
            bar.progress(place / len(groups), f"{number(place * _GROUP)} of {number(len(ordered))}")
        read[key] = earlier.get(key) or kept().get(key, partial(_batch, group), _size_bytes)
    if bar:
        bar.empty()
    st.session_state["library_rows"] = read
    return gathered(read.values())


def _batch(group: Sequence[Recording]) -> Batch:
    with turns().taken("The library"):
        members = [replace(one.member, name=one.key) for one in group]
        return next(rows(members, members_of_a_batch=_GROUP, limits=limits().reading))


def _size_bytes(batch: Batch) -> int:
    return sum(int(frame.memory_usage(deep=True).sum()) for frame in (batch.streams, batch.texts, batch.unreadable))


def _filtered(streams: pd.DataFrame, texts: pd.DataFrame) -> pd.DataFrame:
    search, which, model, grade = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    with search:
        find = st.text_input(
            "Search", key="q", placeholder="in texts, requests, tool calls", bind="query-params", type="search"
        )
    kept = pd.Series(data=True, index=streams.index)
    for column, place, title in (("kind", which, "What"), ("model", model, "Model"), ("grade", grade, "Times")):
        present = sorted(streams[column].dropna().astype(str).unique())
        with place:
            asked = st.multiselect(title, present, key=f"of_{column}", bind="query-params", placeholder="all")
        if asked:
            kept &= streams[column].astype("string").isin(asked).fillna(value=False)
    if find:
        try:
            named = streams["recording"].str.contains(find, case=False, regex=False).fillna(value=False)
            kept &= matching(texts, find).to_numpy() | named.to_numpy()
        except SearchError as error:
            sheet([node("div", "problem warning", node("p", "", str(error)))], key="search_error")
    return streams[kept]


def _show_totals(streams: pd.DataFrame, of_all: int) -> None:
    found = totals(streams)
    by_kind = ", ".join(counted(int(count), str(kind)) for kind, count in found.by_kind.items() if count)
    shown = f"of {number(of_all)}" if len(streams) < of_all else by_kind or "none"
    sheet(
        [
            node("div", "title", node("h1", "", "Library")),
            node(
                "dl",
                "figures",
                _figure("Streams and answers", number(len(streams)), shown),
                _figure(
                    "Input tokens",
                    number(int(found.tokens["input_tokens"])),
                    _part(found, "cache_read_tokens", "from cache"),
                ),
                _figure(
                    "Output tokens",
                    number(int(found.tokens["output_tokens"])),
                    _part(found, "reasoning_tokens", "reasoning"),
                ),
                _figure("Cost", dollars(found.cost_usd), f"{number(found.unpriced)} without a price"),
                *_first_token(streams),
            ),
        ],
        key="totals",
    )


def _figure(label: str, value: str, more: str) -> Node:
    return node("div", "figure", node("dt", "", label), node("dd", "", value), node("dd", "more", more))


def _part(found: Totals, column: str, what: str) -> str:
    return f"{number(int(found.tokens[column]))} {what}"


def _grades(streams: pd.DataFrame) -> set[str]:
    columns = (streams[column].dropna() for column in ("grade", "ttft_grade", "length_grade"))
    return {str(grade) for column in columns for grade in column.unique()}


def _first_token(streams: pd.DataFrame) -> list[Node]:
    """Return the median of the best known times to first token; grades are never mixed."""
    table = quantiles(streams)
    if table.empty:
        bounded = int(((streams["ttft_low_s"] > 0) | streams["ttft_high_s"].notna()).sum())
        more = f"none is known exactly, {number(bounded)} within bounds" if bounded else "no recording here holds it"
        return [_figure("Time to first token", NOTHING, more)]
    grade = str(table.index[0])
    best = table.iloc[0]
    more = f"median of {number(int(best['streams']))}, p90 {seconds(float(best['p90']))}"
    mark = MARKS.get(grade, "")  # type: ignore[call-overload]
    return [_figure("Time to first token", f"{seconds(float(best['p50']))} {mark}", more)]


def _show_table(streams: pd.DataFrame, *, are_samples: bool) -> None:
    shown = streams.assign(
        first_token=_timed(streams, "ttft"),
        length=_timed(streams, "length"),
        recorded_at=streams["recorded_at"],
    )
    state: Any = st.dataframe(
        shown,
        key="library_table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_order=list(_COLUMNS),
        column_config=_COLUMNS,
        height=min(560, 60 + 35 * max(1, len(shown))),
        lazy=False,
        alt="A row for each stream, answer and error",
    )
    selected = state.selection.rows
    if selected and selected[0] < len(shown):
        row = shown.iloc[selected[0]]
        _open(str(row["name"]), int(row["interaction"]))
    said = "Tick the box of a row to open it."
    if are_samples:
        said += " These are samples; once you have opened recordings of your own, they alone are listed."
    sheet([node("p", "note", said)], key="how_to_open")


def _open(key: str, interaction: int) -> None:
    st.session_state.pop("library_table", None)
    st.switch_page(stream_page(), query_params={"file": key, "stream": str(interaction)})


def _timed(streams: pd.DataFrame, what: str) -> list[str]:
    columns = (streams[f"{what}_{name}"].astype(object) for name in ("s", "low_s", "high_s", "grade"))
    return [_time(*(None if pd.isna(value) else value for value in row)) for row in zip(*columns, strict=True)]


def _time(value: float | None, low: float | None, high: float | None, grade: Grade | None) -> str:
    # That it took no less than nothing is known of all.
    measure = Measure(value, low or None if value is None else low, high, "s", grade, "")
    return f"{headline(measure)} {MARKS[grade]}" if grade and headline(measure) != NOTHING else NOTHING


@st.fragment
def _show_distributions(streams: pd.DataFrame) -> None:
    if streams.empty:
        return
    # Closed, it draws nothing, and asks for none of the code of charts.
    expander = st.expander("Distributions", key="distributions", on_change="rerun")
    if not expander.open:
        return
    with expander:
        from viewer.display.charts import spread_of  # noqa: PLC0415 - plotly takes half a second

        left, right = st.columns(2)
        with left:
            st.plotly_chart(
                spread_of(streams, "ttft", "time to first token, s", dark=is_dark()),
                key="ttft_spread",
                alt="Times to first token",
            )
        with right:
            st.plotly_chart(
                spread_of(streams, "length", "first to last chunk, s", dark=is_dark()),
                key="length_spread",
                alt="Stream lengths",
            )


def _show_unreadable(unreadable: pd.DataFrame, labels: dict[str, str]) -> None:
    if unreadable.empty:
        return
    with st.expander(f"{counted(len(unreadable), 'recording')} without a row", key="unreadable_files"):
        st.dataframe(
            unreadable.assign(name=unreadable["name"].map(labels)),
            key="unreadable_table",
            hide_index=True,
            alt="What cannot be shown, and why",
        )
