"""Queries in SQL on the page of many recordings: over the tables of an index that the server has, else over the rows shown."""

from pathlib import Path

import pandas as pd
import streamlit as st

from viewer.display.nodes import node
from viewer.library.query import QueryError, Result, Tables, query
from viewer.library.ready_queries import READY_QUERIES, ReadyQuery
from viewer.pages.parts.sheet import sheet
from viewer.text.words import number, seconds

_SQL, _READY, _ANSWER = "sql", "ready_query", "sql_answer"
# The page's own frame, nothing recorded: a query is read more easily where its letters are of one width.
_STYLE = "<style>.st-key-sql textarea { font-family: monospace; font-size: 14px }</style>"


@st.fragment
def show_query(streams: pd.DataFrame, tables_path: str) -> None:
    """Show a place to ask in, and below it what was found last."""
    # Closed, it does nothing but stand there.
    expander = st.expander("Query with SQL", key="query", on_change="rerun")
    if not expander.open:
        return
    tables = tables_of(tables_path, streams)
    ready = ready_for(tables)
    with expander:
        st.html(_STYLE)
        titles = {one.title: one for one in ready}
        st.session_state.setdefault(_SQL, ready[0].sql)
        st.selectbox(
            "Ready queries",
            list(titles),
            key=_READY,
            persist_state="session",
            on_change=lambda: st.session_state.update({_SQL: titles[st.session_state[_READY]].sql}),
        )
        sql = st.text_area("SQL", key=_SQL, height=160, persist_state="session", help=_help(tables))
        if st.button("Run", key="run_query"):
            with st.spinner("Asking"):
                st.session_state[_ANSWER] = _asked(sql or "", tables)
        _show_answer(st.session_state.get(_ANSWER))
        sheet([node("p", "note", _said(tables))], key="queried_tables")


def tables_of(path: str, streams: pd.DataFrame) -> Tables:
    """Return what is asked: the tables of an index where the server has one, else `streams` of the rows shown."""
    return Path(path) if path else {"streams": streams}


def ready_for(tables: Tables) -> list[ReadyQuery]:
    """Return the ready queries that tables can answer."""
    return [one for one in READY_QUERIES if isinstance(tables, Path) or one.table in tables]


def _asked(sql: str, tables: Tables) -> Result | str:
    """Return what was found, or in words why nothing was."""
    try:
        return query(sql, tables)
    except QueryError as error:
        return str(error)


def _show_answer(answer: Result | str | None) -> None:
    if answer is None:
        return
    if isinstance(answer, str):
        sheet([node("div", "problem warning", node("p", "", answer))], key="query_error")
        return
    count = answer.rows.num_rows
    rows = f"{number(count)} row{'s' * (count != 1)}"
    if answer.more:
        rows = f"The first {rows}; there are more, which are left out"
    st.dataframe(
        answer.rows,
        key="query_table",
        hide_index=True,
        height=420 if count > 10 else "auto",
        lazy=False,
        alt="What the query found",
    )
    sheet([node("p", "facts", f"{rows} · {seconds(answer.took_s)}")], key="query_facts")


def _help(tables: Tables) -> str:
    named = "streams, chunks and unreadable" if isinstance(tables, Path) else "streams"
    return f"One SELECT of DuckDB over {named}; DESCRIBE streams tells the columns."


def _said(tables: Tables) -> str:
    if isinstance(tables, Path):
        return "Asked are the tables that the server was given: streams, chunks and unreadable."
    return (
        "Asked is the table streams of all recordings on this page. To ask chunks too, write tables with "
        "python -m viewer index and start the page with --tables."
    )
