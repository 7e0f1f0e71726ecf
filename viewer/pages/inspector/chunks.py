"""The tab of chunks: their table, with filters, the recorded event of a row, and downloads."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from viewer.display.chunk_columns import columns_to_show
from viewer.display.nodes import node
from viewer.library.search import SearchError, matching
from viewer.pages.parts.sheet import sheet
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import parse, write
from viewer.text.safe import well_formed
from viewer.text.words import MARKS, counted, explain_grade, number
from viewer.types.chunk_table import KINDS, PYTHON_TEXT

# Above this many rows, Streamlit switches to a lazy table without search and selection. Say so explicitly.
LAZY_ABOVE_ROWS = 150_000
_MAX_EVENT_BYTES = 100_000


@st.fragment
def show(cassette: Cassette, stream: Stream, identity: str) -> None:
    """Show the chunk table, filtered by kind and text. Each `identity` keeps its own selection."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    present = [kind for kind in KINDS if (stream.chunks["kind"] == kind).any()]
    with left:
        kinds = st.multiselect("Kinds", present, key="kind", placeholder="all kinds", bind="query-params")
    with middle:
        find = st.text_input("Text", key="find", placeholder="search in chunks", bind="query-params") or ""
    with right:
        is_pattern = st.checkbox(
            "Regex", key="regex", help="Treat the text as an RE2 regular expression", bind="query-params"
        )
    try:
        rows = _filter(stream.chunks, kinds, find, is_pattern=is_pattern)
    except SearchError as error:
        sheet([node("p", "problem warning", str(error))], key="search_error")
        rows = stream.chunks.iloc[:0]
    count = f"{number(len(rows))} of {counted(len(stream.chunks), 'chunk')}"
    grade = stream.timing.grade
    times = f"Times since the {stream.timing.origin}. {MARKS[grade]} {explain_grade(grade)}"
    hint = [node("p", "note", "Clear the text or choose other kinds to see more.")] if rows.empty else []
    sheet([node("p", "note", count), *hint, node("p", "note", times)], key="chunk_count")
    chosen = show_rows(stream, rows, f"chunks/{identity}", selectable=True)
    if chosen is not None:
        _show_event(cassette, stream, rows.iloc[chosen])
    _show_downloads(rows, stream)


def _filter(chunks: pd.DataFrame, kinds: list[str], find: str, *, is_pattern: bool) -> pd.DataFrame:
    """Return the rows of some kinds, or of all if none are named, whose text contains or matches `find`."""
    rows = chunks[chunks["kind"].isin(kinds)] if kinds else chunks
    return rows[matching(rows[["text"]], find, regex=is_pattern, columns=("text",))] if find else rows


def show_rows(stream: Stream, rows: pd.DataFrame, key: str, *, selectable: bool = False) -> int | None:
    """Show some of a stream's chunks as a table. Return the position of the selected row, if any."""
    is_lazy = len(rows) > LAZY_ABOVE_ROWS
    state: Any = st.dataframe(
        _for_table(rows),
        key=key,
        hide_index=True,
        # Missing values: the stamp of most providers, and bounds that are not known.
        placeholder="",
        lazy=is_lazy,
        height=420 if len(rows) > 10 else "auto",
        on_select="rerun" if selectable and not is_lazy else "ignore",
        selection_mode="single-row",
        alt="Chunks: one row for each thing that an event adds",
        column_order=columns_to_show(stream),
        column_config={
            "text": st.column_config.TextColumn("text", width="medium"),
            "t": st.column_config.NumberColumn(
                "t", format="%.3f s", help="Best estimate; t_low and t_high are its bounds"
            ),
            "t_low": st.column_config.NumberColumn("t_low", format="%.3f s"),
            "t_high": st.column_config.NumberColumn("t_high", format="%.3f s", help="Empty if no upper bound is known"),
            "stamp": st.column_config.NumberColumn("stamp", format="%.0f"),
            "tokens": st.column_config.NumberColumn("tokens", help="An estimate", format="%.2f"),
        },
    )
    chosen = state.selection.rows if selectable and not is_lazy else []
    return int(chosen[0]) if chosen and chosen[0] < len(rows) else None


def _show_event(cassette: Cassette, stream: Stream, row: pd.Series) -> None:
    """Show the event of a row as it was recorded in the body."""
    body = cassette.interactions[stream.interaction].response.body
    raw = body[int(row["offset"]) : int(row["offset"]) + min(int(row["size"]), _MAX_EVENT_BYTES)]
    place = f"Event {row['event']}: {number(int(row['size']))} bytes at byte {number(int(row['offset']))} of the body"
    sheet([node("p", "note", place)], key="event_place")
    text = raw.decode(errors="replace")
    st.code(well_formed(_pretty(text)), language="json", wrap_lines=True)


def _pretty(event: str) -> str:
    """Return an event with its JSON payload indented. Lines that are not JSON are unchanged."""
    lines = []
    for line in event.splitlines():
        name, colon, value = line.partition(":")
        payload = value if colon and name == "data" else line
        try:
            lines.append((f"{name}: " if payload is value else "") + write(parse(payload.encode()), indent=True))
        except ValueError:
            lines.append(line)
    return "\n".join(lines)


def _show_downloads(rows: pd.DataFrame, stream: Stream) -> None:
    """Offer the rows as files, each of which is written when it is asked for."""
    name = f"chunks-{stream.interaction}"
    columns = st.columns(3)
    writers: list[tuple[str, str, Any]] = [
        ("CSV", "text/csv", lambda: _for_file(rows).to_csv(index=False).encode("utf-8", "replace")),
        ("Parquet", "application/vnd.apache.parquet", lambda: _for_file(rows).to_parquet(index=False)),
        ("JSONL", "application/jsonl", lambda: _for_file(rows).to_json(orient="records", lines=True).encode()),
    ]
    for column, (label, media_type, write_rows) in zip(columns, writers, strict=True):
        with column:
            st.download_button(
                f"Download {label}",
                write_rows,
                file_name=f"{name}.{label.lower()}",
                mime=media_type,
                on_click="ignore",
                key=f"download_{label}",
                width="stretch",
            )


def _for_file(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows for a file: categories as strings, half a surrogate pair replaced."""
    plain = rows.assign(kind=rows["kind"].astype("string"), grade=rows["grade"].astype("string"))
    if rows["text"].dtype == PYTHON_TEXT:
        plain["text"] = pd.array([well_formed(text) for text in rows["text"]], dtype="string")
    return plain


def _for_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows for a table on the page: an infinite bound as empty, half a surrogate pair replaced."""
    shown = rows.assign(t_low=rows["t_low"].where(np.isfinite), t_high=rows["t_high"].where(np.isfinite))
    if rows["text"].dtype == PYTHON_TEXT:
        shown["text"] = pd.array([well_formed(text) for text in rows["text"]], dtype="string")
    return shown
