"""The session of an agent in a notebook: what it adds up to, and a row for each turn, call and subagent, as plain HTML."""

from viewer.conversation.agent import calls_of
from viewer.display.sessions.view import SessionRow, session_view, shown_session
from viewer.display.sessions.words import cost_of_row, session_title, shares_in_words, totals_in_words
from viewer.streams.cassette import Cassette
from viewer.text.html import escape
from viewer.text.safe import shortened
from viewer.text.words import NOTHING, counted, marked, number, short_count

# The file of a notebook contains this table.
_MAX_ROWS = 60
_MAX_CHARACTERS = 80
_HEADS = ("", "turn and call", "time", "model", "tools", "input", "cached", "output", "cost")
# A host that removes styles keeps this indentation.
_INDENT = "\u2003"


def session_html(cassette: Cassette) -> str:
    """Return the session of a cassette as HTML; "" if it is not one. Of a long session, the table has the turns alone."""
    session = shown_session(cassette)
    if session is None:
        return ""
    view = session_view(cassette, session, calls_of(cassette))
    rows = view.rows
    if len(rows) > _MAX_ROWS and session.turns:
        rows = tuple(row for row in rows if row.kind == "turn")
    shown = rows[:_MAX_ROWS]
    sentences = (totals_in_words(view), shares_in_words(view.times), *(one.text for one in view.totals.agreements))
    head = "".join(f"<th>{escape(one)}</th>" for one in _HEADS)
    body = "".join(_row(row, session.program, has_turns=bool(session.turns)) for row in shown)
    return "".join(
        (
            f"<p><b>{escape(session_title(session))}</b></p>",
            *(f"<p>{escape(one)}</p>" for one in sentences if one),
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
            f"<p>and {counted(len(rows) - len(shown), 'more row')}</p>" if len(shown) < len(rows) else "",
        )
    )


def _row(row: SessionRow, program: str, *, has_turns: bool) -> str:
    sums = row.sums
    title = shortened(": ".join(filter(None, (row.title, row.detail if row.kind == "agent" else ""))), _MAX_CHARACTERS)
    indent = _INDENT * (2 * row.depth + (row.kind == "call" and bool(row.depth or has_turns)))
    failed = "" if not row.failed else " · failed" if row.kind == "call" else f" · {number(row.failed)} failed"
    name = escape(title) if row.kind == "call" else f"<b>{escape(title)}</b>"
    cells = (
        {"turn": f"{row.index + 1}.", "agent": ""}.get(row.kind, str(row.index)),
        *(marked(one) if one.value else NOTHING for one in (row.times.whole, row.times.model, row.times.tools)),
        _count(sums.input_tokens, sums.without_input, sums.calls),
        _count(sums.cache_read_tokens, sums.without_cache, sums.calls),
        _count(sums.output_tokens, sums.without_output, sums.calls),
        cost_of_row(row, program).text or NOTHING,
    )
    first, *others = (f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr>{first}<td style="text-align: left">{indent}{name}{failed}</td>{"".join(others)}</tr>'


def _count(tokens: int, missing: int, calls: int) -> str:
    return NOTHING if missing == calls else short_count(tokens) + ("+" if missing else "")
