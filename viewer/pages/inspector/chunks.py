"""The tab of chunks: their table with filters, the recorded event of a row, and downloads."""

from typing import Any

import pandas as pd
import streamlit as st

from viewer.display.blocks import times_note
from viewer.display.chunk_columns import columns_to_show
from viewer.display.chunk_rows import packed_table
from viewer.display.nodes import node
from viewer.library.search import SearchError, matching
from viewer.pages.inspector.event import show_below
from viewer.pages.inspector.rows import as_json, show_rows
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.streams.chunk_frame import PYTHON_TEXT
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.text.words import counted, number
from viewer.types.chunk_table import GRADES, KINDS


def show(cassette: Cassette, stream: Stream, event: int | None, identity: str) -> None:
    """Show the chunk table, filtered by kind and text. `identity` stands for the stream."""
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
    hint = [node("p", "note", "Clear the text or choose other kinds to see more.")] if rows.empty else []
    sheet([node("p", "note", f"{count} · {times_note(stream)}"), *hint], key="chunk_count")
    table = server_cache().get(
        ("chunk_rows", identity, tuple(kinds), find, is_pattern), lambda: _rows_json(stream, rows), len
    )
    show_rows(table, key="chunk_rows")
    show_below(cassette, stream, event, identity)
    _show_downloads(rows, stream)


def _filter(chunks: pd.DataFrame, kinds: list[str], find: str, *, is_pattern: bool) -> pd.DataFrame:
    """Return the rows of some kinds, or of all if none are named, whose text contains or matches `find`."""
    rows = chunks[chunks["kind"].isin(kinds)] if kinds else chunks
    return rows[matching(rows[["text"]], find, regex=is_pattern, columns=("text",))] if find else rows


def _rows_json(stream: Stream, rows: pd.DataFrame) -> str:
    """Return the data of the table: some of a stream's chunks, in the columns that are shown."""
    shown = columns_to_show(stream)
    table = packed_table(rows)
    columns = {name: column for name, column in table["columns"].items() if name in shown}
    more = {"shown": shown, "kinds": KINDS, "grades": GRADES, "label": "Chunks"}
    return as_json({"count": table["count"], "columns": columns, **more})


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
