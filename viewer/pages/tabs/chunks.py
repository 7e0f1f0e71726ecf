"""The table of chunks: filtered, searched, looked into and taken away."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from viewer.display.chunk_columns import telling_columns
from viewer.display.nodes import node
from viewer.library.search import SearchError, matching
from viewer.pages.parts.sheet import sheet
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import parse, write
from viewer.text.safe import well_formed
from viewer.text.words import MARKS, MEANINGS, counted, number
from viewer.types.chunk_table import KINDS, PYTHON_TEXT

# Streamlit turns to a table without search and selection here unless it is told.
LAZY_ABOVE_ROWS = 150_000
_SHOWN_EVENT_BYTES = 100_000


@st.fragment
def show(cassette: Cassette, stream: Stream, identity: str) -> None:
    """Show the chunk table, all of it or what is asked for; `identity` tells streams apart."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    present = [kind for kind in KINDS if (stream.chunks["kind"] == kind).any()]
    with left:
        kinds = st.multiselect("Kinds", present, key="kind", placeholder="all kinds", bind="query-params")
    with middle:
        find = st.text_input("Text", key="find", placeholder="in the text of chunks", bind="query-params") or ""
    with right:
        is_pattern = st.checkbox(
            "Pattern", key="regex", help="A regular expression, as RE2 reads it", bind="query-params"
        )
    try:
        rows = _asked_for(stream.chunks, kinds, find, is_pattern=is_pattern)
    except SearchError as error:
        sheet([node("p", "problem warning", str(error))], key="search_error")
        rows = stream.chunks.iloc[:0]
    said = f"{number(len(rows))} of {counted(len(stream.chunks), 'chunk')}"
    grade = stream.timing.grade
    known = f"times since the {stream.timing.origin}, {MARKS[grade]} {grade}: {MEANINGS[grade]}"
    sheet([node("p", "note", said), node("p", "note", known)], key="chunk_count")
    chosen = show_rows(stream, rows, f"chunks/{identity}", selectable=True)
    if chosen is not None:
        _show_event(cassette, stream, rows.iloc[chosen])
    _offer(rows, stream)


def _asked_for(chunks: pd.DataFrame, kinds: list[str], find: str, *, is_pattern: bool) -> pd.DataFrame:
    """Return the rows of some kinds, or of all, whose text holds what is looked for."""
    rows = chunks[chunks["kind"].isin(kinds)] if kinds else chunks
    return rows[matching(rows[["text"]], find, regex=is_pattern, columns=("text",))] if find else rows


def show_rows(stream: Stream, rows: pd.DataFrame, key: str, *, selectable: bool = False) -> int | None:
    """Show rows of a stream's chunks as a table; return which of them is selected."""
    is_lazy = len(rows) > LAZY_ABOVE_ROWS
    state: Any = st.dataframe(
        _displayable_rows(rows),
        key=key,
        hide_index=True,
        lazy=is_lazy,
        height=420 if len(rows) > 10 else "auto",
        on_select="rerun" if selectable and not is_lazy else "ignore",
        selection_mode="single-row",
        alt="A row for each thing that an event adds",
        column_order=telling_columns(stream),
        column_config={
            "text": st.column_config.TextColumn("text", width="medium"),
            "t": st.column_config.NumberColumn("t", format="%.3f s", help="Best value; its bounds stand beside it"),
            "t_low": st.column_config.NumberColumn("t_low", format="%.3f s"),
            "t_high": st.column_config.NumberColumn("t_high", format="%.3f s", help="Empty where nothing bounds it"),
            "stamp": st.column_config.NumberColumn("stamp", format="%.0f"),
            "tokens": st.column_config.NumberColumn("tokens", help="An estimate", format="%.2f"),
        },
    )
    chosen = state.selection.rows if selectable and not is_lazy else []
    return int(chosen[0]) if chosen and chosen[0] < len(rows) else None


def _show_event(cassette: Cassette, stream: Stream, row: pd.Series) -> None:
    """Show the event that a row stems from as it stands in the body."""
    body = cassette.interactions[stream.interaction].response.body
    raw = body[int(row["offset"]) : int(row["offset"]) + min(int(row["size"]), _SHOWN_EVENT_BYTES)]
    where = f"event {row['event']}, {number(int(row['size']))} bytes from byte {number(int(row['offset']))} of the body"
    sheet([node("p", "note", where)], key="event_place")
    text = raw.decode(errors="replace")
    st.code(well_formed(_pretty(text)), language="json", wrap_lines=True)


def _pretty(event: str) -> str:
    """Return an event with its payload indented where that is JSON; as it stands where it is not."""
    lines = []
    for line in event.splitlines():
        name, colon, value = line.partition(":")
        payload = value if colon and name == "data" else line
        try:
            lines.append((f"{name}: " if payload is value else "") + write(parse(payload.encode()), indent=True))
        except ValueError:
            lines.append(line)
    return "\n".join(lines)


def _offer(rows: pd.DataFrame, stream: Stream) -> None:
    """Offer the rows shown as files; each is made when it is asked for."""
    name = f"chunks-{stream.interaction}"
    columns = st.columns(3)
    makers: list[tuple[str, str, Any]] = [
        ("CSV", "text/csv", lambda: _plain(rows).to_csv(index=False).encode("utf-8", "replace")),
        ("Parquet", "application/vnd.apache.parquet", lambda: _plain(rows).to_parquet(index=False)),
        ("JSONL", "application/jsonl", lambda: _plain(rows).to_json(orient="records", lines=True).encode()),
    ]
    for column, (label, media_type, make) in zip(columns, makers, strict=True):
        with column:
            st.download_button(
                f"Download {label}",
                make,
                file_name=f"{name}.{label.lower()}",
                mime=media_type,
                on_click="ignore",
                key=f"download_{label}",
                width="stretch",
            )


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as files hold them: categories as their names, half a surrogate pair replaced."""
    plain = rows.assign(kind=rows["kind"].astype("string"), grade=rows["grade"].astype("string"))
    if rows["text"].dtype == PYTHON_TEXT:
        plain["text"] = pd.array([well_formed(text) for text in rows["text"]], dtype="string")
    return plain


def _displayable_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as a table can show them: no bound as empty, half a surrogate pair replaced."""
    shown = rows.assign(t_low=rows["t_low"].where(np.isfinite), t_high=rows["t_high"].where(np.isfinite))
    if rows["text"].dtype == PYTHON_TEXT:
        shown["text"] = pd.array([well_formed(text) for text in rows["text"]], dtype="string")
    return shown
