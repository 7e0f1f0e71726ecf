"""SQL queries in the library: over the server's index if it has one, otherwise over the rows of the page."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import streamlit as st

from viewer.display.nodes import Node, node
from viewer.library.query import QueryError, Result, Tables, run_query
from viewer.library.ready_queries import READY_QUERIES, ReadyQuery
from viewer.pages.parts.sheet import sheet
from viewer.text.words import counted, seconds

_HAS_DUCKDB = find_spec("duckdb") is not None
_SQL, _READY, _ANSWER = "sql", "ready_query", "sql_answer"
# SQL is easier to read in a monospaced font. This HTML holds nothing recorded.
_STYLE = "<style>.st-key-sql textarea { font-family: monospace; font-size: 14px }</style>"


@st.fragment
def show_query(streams: pd.DataFrame, tables_path: str) -> None:
    """Show a field for a query, and below it the last result."""
    expander = st.expander("Query with SQL", key="query", on_change="rerun")
    if not expander.open:
        return
    tables = tables_of(tables_path, streams)
    ready = ready_for(tables)
    with expander:
        if not _HAS_DUCKDB:
            sheet([_how_to_install()], key="no_duckdb")
            return
        st.html(_STYLE)
        titles = {one.title: one for one in ready}
        st.session_state.setdefault(_SQL, ready[0].sql)
        st.selectbox(
            "Example queries",
            list(titles),
            key=_READY,
            persist_state="session",
            on_change=lambda: st.session_state.update({_SQL: titles[st.session_state[_READY]].sql}),
        )
        sql = st.text_area("SQL", key=_SQL, height=160, persist_state="session", help=_help(tables))
        if st.button("Run", key="run_query"):
            with st.spinner("Running"):
                st.session_state[_ANSWER] = _run(sql or "", tables)
        _show_answer(st.session_state.get(_ANSWER))
        sheet([_about(tables)], key="queried_tables")


def _how_to_install() -> Node:
    command = node("code", "", "pip install 'cassette-viewer[corpus]'")
    return node("p", "note", "Queries need DuckDB, which this server does not have. Install it with ", command, ".")


def tables_of(path: str, streams: pd.DataFrame) -> Tables:
    """Return the server's index if it has one, otherwise the rows of the page as the table `streams`."""
    return Path(path) if path else {"streams": streams}


def ready_for(tables: Tables) -> list[ReadyQuery]:
    """Return the ready queries whose tables exist."""
    return [one for one in READY_QUERIES if isinstance(tables, Path) or one.table in tables]


def _run(sql: str, tables: Tables) -> Result | str:
    """Return the result of a query, or the message of why it failed."""
    try:
        return run_query(sql, tables)
    except QueryError as error:
        return str(error)


def _show_answer(answer: Result | str | None) -> None:
    if answer is None:
        return
    if isinstance(answer, str):
        sheet([node("div", "problem warning", node("p", "", answer))], key="query_error")
        return
    count = answer.rows.num_rows
    rows = counted(count, "row")
    if answer.more:
        rows = f"Only the first {rows} are shown"
    st.dataframe(
        answer.rows,
        key="query_table",
        hide_index=True,
        height=420 if count > 10 else "auto",
        lazy=False,
        alt="Result of the query",
    )
    sheet([node("p", "facts", f"{rows} · {seconds(answer.took_s)}")], key="query_facts")


def _help(tables: Tables) -> str:
    names = "`streams`, `chunks` and `unreadable`" if isinstance(tables, Path) else "`streams`"
    return f"One DuckDB SELECT over {names}. `DESCRIBE streams` lists its columns."


def _about(tables: Tables) -> Node:
    """Return a note that names the tables, and how to query more of them."""
    if isinstance(tables, Path):
        streams, chunks, unreadable = (node("code", "", name) for name in ("streams", "chunks", "unreadable"))
        return node(
            "p",
            "note",
            "Queries run on the tables ",
            streams,
            ", ",
            chunks,
            " and ",
            unreadable,
            " of the server's index.",
        )
    return node(
        "p",
        "note",
        "Queries run on the table ",
        node("code", "", "streams"),
        ". To query chunks too, write an index with ",
        node("code", "", "cassette-viewer index"),
        " and start the app with ",
        node("code", "", "--tables"),
        ".",
    )
