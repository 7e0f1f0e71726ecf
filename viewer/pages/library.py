"""The page of many recordings: a row for each stream, filtered, searched, added up, and opened by a click."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from viewer.library import Batch, Library, gathered, rows
from viewer.pages.colours import is_dark
from viewer.pages.recordings import Recording, on_offer
from viewer.pages.sheet import Node, node, sheet
from viewer.pages.source import labels_of
from viewer.phrasing import MARKS, NOTHING, displayable, dollars, number, seconds
from viewer.search import SearchError, matching
from viewer.totals import Totals, quantiles, totals

_COLUMNS = {
    "recording": st.column_config.TextColumn("recording", width="medium"),
    "model": st.column_config.TextColumn("model"),
    "provider": st.column_config.TextColumn("provider", width="small"),
    "format": st.column_config.TextColumn("recorder", width="small"),
    "protocol": st.column_config.TextColumn("protocol", width="small"),
    "recorded_at": st.column_config.DatetimeColumn("recorded", format="YYYY-MM-DD HH:mm", timezone="UTC"),
    "first_token": st.column_config.TextColumn("first token", width="small", help="With the mark of its grade"),
    "length": st.column_config.TextColumn(
        "length", width="small", help="First to last chunk, with the mark of its grade"
    ),
    "input_tokens": st.column_config.NumberColumn("in", format="localized"),
    "output_tokens": st.column_config.NumberColumn("out", format="localized"),
    "reasoning_tokens": st.column_config.NumberColumn("reasoning", format="localized"),
    "cost_usd": st.column_config.NumberColumn("cost", format="$%.5f"),
    "finish_reason": st.column_config.TextColumn("finish", width="small"),
    "problems": st.column_config.NumberColumn("problems"),
    "opening": st.column_config.TextColumn("begins", width="medium"),
}


@dataclass(slots=True)
class _Read:
    """Hold what of the recordings on offer this session has read."""

    keys: set[str] = field(default_factory=set)
    batches: list[Batch] = field(default_factory=list)


def render() -> None:
    """Show the streams of all recordings on offer."""
    offered = on_offer()
    library = _read(list(offered.values()))
    labels = labels_of(list(offered.values()))
    streams = library.streams.assign(recording=library.streams["name"].map(labels))
    chosen = _filtered(streams, library.texts)
    _show_totals(chosen, len(streams))
    _show_table(chosen)
    _show_distributions(chosen)
    _show_unreadable(library.unreadable, labels)


def _read(offered: Sequence[Recording]) -> Library:
    """Return the rows of all recordings; those that are new are read now, and what has been read is kept."""
    read: _Read = st.session_state.setdefault("library_rows", _Read())
    keys = {one.key for one in offered}
    new = [replace(one.member, name=one.key) for one in offered if one.key not in read.keys]
    if new:
        bar = st.progress(0.0, "Reading")
        for batch in rows(new, members_of_a_batch=16):
            read.batches.append(batch)
            done = f"Read {number(batch.done)} of {number(len(new))} · {displayable(batch.current)[-60:]}"
            bar.progress(min(1.0, batch.done / len(new)), done.replace("`", "").replace("[", "(").replace(":", "꞉"))
        bar.empty()
        read.keys |= {member.name for member in new}
    whole = gathered(read.batches)
    if read.keys == keys:
        return whole
    return Library(
        streams=_of(whole.streams, keys),
        texts=_of(whole.texts, keys),
        unreadable=_of(whole.unreadable, keys),
        passed_over=whole.passed_over,
    )


def _of(frame: pd.DataFrame, keys: set[str]) -> pd.DataFrame:
    return frame[frame["name"].isin(keys)].reset_index(drop=True)


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
    by_kind = ", ".join(f"{number(int(count))} {kind}" for kind, count in found.by_kind.items() if count)
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


def _first_token(streams: pd.DataFrame) -> list[Node]:
    """Return the median of the best known times to first token; grades are never mixed."""
    table = quantiles(streams)
    if table.empty:
        return [_figure("Time to first token", NOTHING, "no recording here holds it")]
    grade = str(table.index[0])
    best = table.iloc[0]
    more = f"median of {number(int(best['streams']))}, p90 {seconds(float(best['p90']))}"
    mark = MARKS.get(grade, "")  # type: ignore[call-overload]
    return [_figure("Time to first token", f"{seconds(float(best['p50']))} {mark}", more)]


def _show_table(streams: pd.DataFrame) -> None:
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
    sheet([node("p", "note", "Choose a row to open it.")], key="how_to_open")


def _open(key: str, interaction: int) -> None:
    from viewer.pages.main import stream_page  # noqa: PLC0415 - the pages are named where they are put together

    st.session_state.pop("library_table", None)
    st.switch_page(stream_page(), query_params={"file": key, "stream": str(interaction)})


def _timed(streams: pd.DataFrame, what: str) -> list[str]:
    values = zip(streams[f"{what}_s"], streams[f"{what}_low_s"], streams[f"{what}_grade"].astype(object), strict=True)
    return [_time(value, low, grade) for value, low, grade in values]


def _time(value: float, low: float, grade: Any) -> str:
    mark = MARKS.get(grade, "") if isinstance(grade, str) else ""  # type: ignore[call-overload]
    if pd.notna(value):
        return f"{seconds(value)} {mark}"
    return f"≥ {seconds(low)} {mark}" if pd.notna(low) and low > 0 else NOTHING


def _show_distributions(streams: pd.DataFrame) -> None:
    if streams.empty:
        return
    with st.expander("Distributions", key="distributions"):
        from viewer.figures import spread_of  # noqa: PLC0415 - plotly takes half a second

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
    with st.expander(f"{len(unreadable)} recordings without a row", key="unreadable_files"):
        st.dataframe(
            unreadable.assign(name=unreadable["name"].map(labels)),
            key="unreadable_table",
            hide_index=True,
            alt="What cannot be shown, and why",
        )
