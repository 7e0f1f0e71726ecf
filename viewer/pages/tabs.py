"""The tabs below the deck."""

import numpy as np
import pandas as pd
import streamlit as st

from viewer.cassette import Cassette
from viewer.http import Headers
from viewer.measure import Measure
from viewer.pages.sheet import Node, node, sheet
from viewer.payload import parse, write
from viewer.phrasing import (
    LABELS,
    MARKS,
    MEANINGS,
    NOTHING,
    bounds,
    displayable,
    dollars,
    explanation,
    headline,
    number,
    size,
)
from viewer.problems import Problem
from viewer.redact import masked_headers, masked_url
from viewer.schema import KINDS, PYTHON_TEXT
from viewer.stream import Stream
from viewer.usage import verdict

SHOWN_BODY_BYTES = 200_000
# Streamlit turns to a table without search and selection here unless it is told.
LAZY_ABOVE_ROWS = 150_000


def is_dark() -> bool:
    """Tell whether the page is shown in the dark theme."""
    return st.context.theme.type == "dark"


def show_timeline(stream: Stream, choice: int | None, *, drawn: bool) -> None:
    """Show tokens over time where there are any to draw, and what is known of the time."""
    if drawn:
        from viewer.figures import timeline  # noqa: PLC0415 - plotly takes half a second; the first sight need not wait

        st.plotly_chart(
            timeline(stream, choice, dark=is_dark()),
            theme="streamlit",
            key="timeline",
            alt="Tokens of each lane, added up over time",
            config={"displaylogo": False},
        )
    timing = stream.timing
    items = [node("li", "", node("span", "name", item.source), item.statement) for item in timing.evidence]
    grade = f"{MARKS[timing.grade]} {timing.grade}: {MEANINGS[timing.grade]}"
    bands = (
        [node("p", "note", "Shaded: where each curve can lie, given the bounds of its chunks.")]
        if timing.grade == "bounded"
        else []
    )
    sheet([node("p", "note", grade), *bands, node("ul", "evidence", *items)], key="evidence")
    sheet([node("h2", "", "Figures"), node("ul", "measures", *map(_measured, stream.metrics.items()))], key="measures")


def _measured(item: tuple[str, Measure]) -> Node:
    """Return a row of one figure: its value and grade, its bounds, and what it rests on or why there is none."""
    name, measure = item
    mark = MARKS[measure.grade] if measure.grade else ""
    return node(
        "li",
        "",
        node("span", "name", LABELS.get(name, name)),
        node("span", "value", headline(measure)),
        node("span", "mark", mark, tip=explanation(measure)),
        node("span", "more", " · ".join(part for part in (bounds(measure), measure.source) if part)),
    )


def show_tokens(stream: Stream) -> None:
    """Show what the tokens consist of, and whether the provider's numbers add up."""
    usage = stream.usage
    if usage is None:
        known = stream.protocol != "generic"
        said = "The stream reports no usage." if known else "The protocol is not known, so no usage was read."
        sheet([node("p", "", said), node("p", "note", _ASK_FOR_USAGE if known else "")], key="no_usage")
        return
    from viewer.figures import token_bars  # noqa: PLC0415 - as above

    st.plotly_chart(
        token_bars(stream, dark=is_dark()),
        theme="streamlit",
        key="token_bars",
        alt="Input and output tokens by what they consist of",
        config={"displayModeBar": False},
    )
    told = verdict(usage, stream.provider)
    sums = [
        node(
            "li",
            "",
            node("span", "name", check.name),
            node("span", "sum" if check.passed else "sum fails", check.figures),
            node("span", "note", "holds" if check.passed else "does not hold"),
        )
        for check in usage.checks
    ]
    cost = stream.cost
    spent = node("p", "note", f"{dollars(cost.usd)}: {cost.source}" if cost.usd is not None else cost.source)
    sheet([node("p", "verdict", told.text), node("ul", "sums", *sums), spent], key="checks")
    rows = {
        "input, with cache": usage.input,
        "of it from cache": usage.cache_read,
        "written to cache": usage.cache_write,
        "output, with reasoning": usage.output,
        "of it reasoning": usage.reasoning,
        "total, as reported": usage.total,
    }
    left, right = st.columns(2)
    with left:
        counts = {name: NOTHING if value is None else number(value) for name, value in rows.items()}
        st.dataframe({"count": list(counts), "tokens": list(counts.values())}, hide_index=True, key="usage_table")
    with right:
        st.code(displayable(write(usage.reported, indent=True)), language="json", height=250)


_ASK_FOR_USAGE = 'Many providers send it only when asked: "stream_options": {"include_usage": true} in the request.'


def show_chunks(stream: Stream, identity: str) -> None:
    """Show the chunk table, all of it or some kinds; `identity` keeps the choice of each stream its own."""
    present = [kind for kind in KINDS if (stream.chunks["kind"] == kind).any()]
    kinds = st.multiselect(
        "Kinds", present, key=f"kinds/{identity}", placeholder="all kinds", label_visibility="collapsed"
    )
    rows = stream.chunks[stream.chunks["kind"].isin(kinds)] if kinds else stream.chunks
    counted = f"{number(len(rows))} of {number(len(stream.chunks))} chunks"
    grade = stream.timing.grade
    known = f"times since the {stream.timing.origin}, {MARKS[grade]} {grade}: {MEANINGS[grade]}"
    sheet([node("p", "note", counted), node("p", "note", known)], key="chunk_count")
    st.dataframe(
        _displayable_rows(rows),
        key="chunks",
        hide_index=True,
        lazy=len(rows) > LAZY_ABOVE_ROWS,
        height=420,
        alt="A row for each thing that an event adds",
        column_order=_telling_columns(stream.chunks),
        column_config={
            "text": st.column_config.TextColumn("text", width="medium"),
            "t": st.column_config.NumberColumn("t", format="%.3f s", help="Best value; its bounds stand beside it"),
            "t_low": st.column_config.NumberColumn("t_low", format="%.3f s"),
            "t_high": st.column_config.NumberColumn("t_high", format="%.3f s", help="Empty where nothing bounds it"),
            "stamp": st.column_config.NumberColumn("stamp", format="%.0f"),
            "tokens": st.column_config.NumberColumn("tokens", help="An estimate", format="%.2f"),
        },
    )


def _telling_columns(chunks: pd.DataFrame) -> list[str]:
    """Return the columns in reading order, without those that say the same of every row."""
    order = [
        "event",
        "kind",
        "text",
        "t",
        "t_low",
        "t_high",
        "tokens",
        "choice",
        "tool",
        "grade",
        "stamp",
        "offset",
        "size",
    ]
    constant = [name for name in ("choice", "tool", "grade", "stamp") if len(chunks[name].unique()) <= 1]
    return [name for name in order if name not in constant]


def _displayable_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as a table can show them: no bound as empty, half a surrogate pair replaced."""
    shown = rows.assign(t_low=rows["t_low"].where(np.isfinite), t_high=rows["t_high"].where(np.isfinite))
    if rows["text"].dtype == PYTHON_TEXT:
        shown["text"] = pd.array([displayable(text) for text in rows["text"]], dtype="string")
    return shown


def show_http(cassette: Cassette, index: int) -> None:
    """Show both sides of one interaction, secrets masked."""
    interaction = cassette.interactions[index]
    request, response = interaction.request, interaction.response
    left, right = st.columns(2)
    with left:
        line = f"{request.method} {masked_url(request.url)}".strip()
        _show_message("Request", line or "not recorded", request.headers, request.body, f"request_{index}")
    with right:
        line = f"{response.status or ''} {response.reason}".strip()
        _show_message("Response", line or "status not recorded", response.headers, response.body, f"response_{index}")


def _show_message(title: str, line: str, headers: Headers, body: bytes, key: str) -> None:
    sheet([node("h2", "", title), node("p", "", node("code", "", line))], key=f"{key}_line")
    masked = {displayable(name): displayable(value) for name, value in masked_headers(headers).items()}
    if masked:
        st.dataframe({"header": list(masked), "value": list(masked.values())}, hide_index=True, key=f"{key}_headers")
    if not body:
        sheet([node("p", "note", "no body")], key=f"{key}_empty")
        return
    shown = body[:SHOWN_BODY_BYTES]
    note = size(len(body)) + ("" if len(shown) == len(body) else f", the first {size(len(shown))} of it")
    sheet([node("p", "note", f"body, {note}")], key=f"{key}_size")
    json_text = _pretty(shown)
    text = displayable(json_text or shown.decode(errors="replace"))
    st.code(text, language="json" if json_text else None, height=420, wrap_lines=True)


def _pretty(text: bytes) -> str:
    """Return JSON indented; "" for what is none."""
    try:
        return write(parse(text), indent=True)
    except ValueError:
        return ""


def show_problems(problems: list[Problem]) -> None:
    """List what is wrong with the recording, where, and what to do."""
    if not problems:
        sheet([node("p", "note", "None found.")], key="no_problems")
        return
    sheet(
        [
            node(
                "div",
                f"problem {problem.severity}",
                node("p", "", problem.message),
                node("p", "where", " · ".join(_where(problem))),
                node("p", "note", problem.advice),
            )
            for problem in problems
        ],
        key="problems",
    )


def _where(problem: Problem) -> list[str]:
    parts = [problem.severity, problem.file]
    if problem.interaction is not None:
        parts.append(f"interaction {problem.interaction}")
    if problem.offset is not None:
        parts.append(f"byte {problem.offset:,}")
    return [part for part in parts if part]
