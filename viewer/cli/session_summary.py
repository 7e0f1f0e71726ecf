"""A summary of a whole session for a terminal: what its time and its money went into, turn by turn."""

from collections.abc import Iterator

from viewer.conversation.agent import calls_of
from viewer.display.sessions.view import SessionRow, SessionView, session_view, shown_session
from viewer.display.sessions.words import GRADE_SOURCES, cost_of_row, session_title, shares_in_words, totals_in_words
from viewer.streams.cassette import Cassette
from viewer.text.ansi import BOLD, DIM, RED, Paint, painter
from viewer.text.safe import shortened
from viewer.text.words import MARKS, NOTHING, marked, number, short_count
from viewer.types.sessions import Session

# With more calls, only turns are listed.
_MAX_CALLS = 60
_MAX_CHARACTERS = 60
_HEADS = ("#", "time", "model", "tools", "input", "cached", "output", "cost")
_WIDTHS = (4, 13, 13, 13, 6, 6, 6, 8)


def summarised_session(cassette: Cassette) -> Session | None:
    """Return the session that is summarised instead of one of its calls. Return None if the cassette is not a session."""
    return shown_session(cassette) if cassette.session else None


def session_summary(cassette: Cassette, session: Session, *, coloured: bool) -> str:
    """Return the sums of a session, its turns, and its calls if they are few."""
    view = session_view(cassette, session, calls_of(cassette))
    lines = _lines(cassette, view, painter(coloured=coloured))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(cassette: Cassette, view: SessionView, paint: Paint) -> Iterator[str]:
    version = f" {cassette.format_version}" if cassette.format_version else ""
    yield f"{paint(session_title(view.session), BOLD)}  {paint(cassette.format + version, DIM)}"
    yield paint(totals_in_words(view), "")
    if shares := shares_in_words(view.times):
        yield paint(shares, "")
    for one in view.totals.agreements:
        yield paint(one.text, RED if one.agrees is False else "")
    yield ""
    yield paint("  ".join(_aligned(_HEADS)), BOLD)
    is_short = len(view.session.calls) <= _MAX_CALLS or not view.session.turns
    for row in view.rows:
        if row.kind == "turn" or is_short:
            yield _row(row, view.session.program, paint, has_turns=bool(view.session.turns))
    grades = {row.times.whole.grade for row in view.rows} | {row.times.tools.grade for row in view.rows}
    for grade, source in GRADE_SOURCES.items():
        if grade in grades:
            yield paint(f"  {MARKS[grade]} {grade}: {source}", DIM)
    yield paint("Show one call with --interaction N.", DIM)


def _row(row: SessionRow, program: str, paint: Paint, *, has_turns: bool) -> str:
    sums = row.sums
    cells = (
        {"turn": f"{row.index + 1}.", "agent": ""}.get(row.kind, str(row.index)),
        *(marked(one) if one.value else NOTHING for one in (row.times.whole, row.times.model, row.times.tools)),
        _count(sums.input_tokens, sums.without_input, sums.calls),
        _count(sums.cache_read_tokens, sums.without_cache, sums.calls),
        _count(sums.output_tokens, sums.without_output, sums.calls),
        cost_of_row(row, program).text or NOTHING,
    )
    indent = "  " * (2 * row.depth + (row.kind == "call" and bool(row.depth or has_turns)))
    title = shortened(": ".join(filter(None, (row.title, row.detail if row.kind == "agent" else ""))), _MAX_CHARACTERS)
    failed = f"  {number(row.failed)} failed" if row.failed and row.kind != "call" else "  failed" if row.failed else ""
    style = BOLD if row.kind == "turn" else ""
    return f"{paint('  '.join(_aligned(cells)), style)}  {indent}{paint(title, style)}{paint(failed, RED)}"


def _aligned(cells: tuple[str, ...]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True)]


def _count(tokens: int, missing: int, calls: int) -> str:
    return NOTHING if missing == calls else short_count(tokens) + ("+" if missing else "")
