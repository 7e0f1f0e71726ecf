"""What a session is called and what it cost, in words."""

from typing import NamedTuple

from viewer.conversation.sessions.times import SessionTimes
from viewer.conversation.sessions.totals import CallSums
from viewer.display.sessions.view import SessionRow, SessionView, failed_calls
from viewer.text.words import bounds, counted, dollars, headline, marked, number
from viewer.types.chunk_table import Grade
from viewer.types.measure import Measure
from viewer.types.sessions import Session


def session_title(session: Session) -> str:
    """Return the name of a session."""
    return f"Session of {session.program}" if session.program else "Session"


def totals_in_words(view: SessionView, *, with_tokens: bool = True) -> str:
    """Return how many turns and calls a session has, and what they add up to."""
    length, failed = view.times.shares.whole, failed_calls(view.rows)
    parts = [
        counted(len(view.session.turns), "turn") if view.session.turns else "",
        counted(len(view.session.calls), "call"),
        cost_in_words(view.totals.whole),
        headline(length) if length.grade else "",
        f"{number(failed)} failed" if failed else "",
        tokens_in_words(view.totals.whole) if with_tokens else "",
    ]
    return " · ".join(filter(None, parts))


def cost_in_words(sums: CallSums) -> str:
    """Return what some calls cost, with a plus if some of them have no price; "" if none has."""
    if sums.without_price == sums.calls:
        return ""
    return dollars(sums.cost_usd) + ("+" if sums.without_price else "")


def tokens_in_words(sums: CallSums) -> str:
    """Return the tokens of some calls, such as "8,872 in (8,000 cached), 300 out"; "" if none reports them.

    A plus means that some calls do not report theirs.
    """
    if sums.without_input == sums.without_output == sums.calls:
        return ""
    cached = f" ({number(sums.cache_read_tokens)} cached)" if sums.cache_read_tokens else ""
    read = _tokens(sums.input_tokens, sums.without_input, sums.calls, "in", "input")
    written = _tokens(sums.output_tokens, sums.without_output, sums.calls, "out", "output")
    return f"{read}{cached}, {written}"


def _tokens(tokens: int, missing: int, calls: int, direction: str, name: str) -> str:
    return f"{name} not known" if missing == calls else f"{number(tokens)}{'+' if missing else ''} {direction}"


class ShownCost(NamedTuple):
    """What a turn, a call or a subagent cost."""

    text: str
    """"" if it is not known."""
    note: str
    """What the amount rests on, or what is missing from it."""
    usd: float | None


def cost_of_row(row: SessionRow, program: str) -> ShownCost:
    """Return what the calls of a row add up to or, if none of them has a price, what the program reports."""
    if text := cost_in_words(row.sums):
        return ShownCost(text, row.call.cost.source if row.call else unpriced_in_words(row.sums), row.sums.cost_usd)
    if row.reported_usd is not None:
        return ShownCost(dollars(row.reported_usd), f"as {program or 'the program'} reports it", row.reported_usd)
    return ShownCost("", row.call.cost.source if row.call else "no call has a price", None)


def unpriced_in_words(sums: CallSums) -> str:
    """Return how many of some calls are missing from the cost; "" if none is."""
    return f"plus {counted(sums.without_price, 'call')} without a price" if sums.without_price else ""


GRADE_SOURCES: dict[Grade, str] = {
    "measured": "the times of the calls themselves",
    "stamped": "the times at which the program wrote its lines; a model or tool took at most so long",
    "bounded": "known only within bounds",
    "span": "only totals are recorded",
}
"""What the times of a session are, by their grade."""


def explain_time(one: Measure) -> str:
    """Return in words what a time of a session rests on, for its tooltip."""
    grade = f"{one.grade}: {GRADE_SOURCES.get(one.grade, '')}" if one.grade else ""
    return "; ".join(filter(None, (one.source, grade, bounds(one))))


SHARES = {"model": "model", "tools": "tools", "waiting": "waiting for you", "rest": "other"}
"""What was done in the time of a session, by the fields of `Shares`."""


def shares_of(times: SessionTimes) -> list[tuple[str, str, Measure]]:
    """Return the shares of a session's time that are known: their field, their name and the time."""
    measures = ((name, label, getattr(times.shares, name)) for name, label in SHARES.items())
    return [(name, label, one) for name, label, one in measures if one.grade and (one.value or one.value is None)]


def shares_in_words(times: SessionTimes) -> str:
    """Return how long models worked, tools ran and the agent waited, such as "model 12.4 s ◐ · tools 31.0 s ◐"."""
    return " · ".join(f"{label} {marked(one)}" for _, label, one in shares_of(times))
