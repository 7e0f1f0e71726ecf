"""What a session is called and what it cost, in words."""

from viewer.conversation.session_times import SessionTimes
from viewer.conversation.session_totals import CallSums, SessionTotals
from viewer.text.words import counted, dollars, marked, number
from viewer.types.measure import Measure
from viewer.types.sessions import Session


def session_title(session: Session) -> str:
    """Return the name of a session."""
    return f"Session of {session.program}" if session.program else "Session"


def cost_in_words(sums: CallSums) -> str:
    """Return what some calls cost, with a plus if some of them have no price; "" if none has."""
    if sums.without_price == sums.calls:
        return ""
    return dollars(sums.cost_usd) + ("+" if sums.without_price else "")


def tokens_in_words(sums: CallSums) -> str:
    """Return the tokens of some calls, such as "8,872 in (8,000 cached), 300 out"; "" if none reports them."""
    if sums.without_input == sums.without_output == sums.calls:
        return ""
    cached = f" ({number(sums.cache_read_tokens)} cached)" if sums.cache_read_tokens else ""
    return f"{number(sums.input_tokens)} in{cached}, {number(sums.output_tokens)} out"


def unpriced_in_words(sums: CallSums) -> str:
    """Return how many of some calls are missing from the cost; "" if none is."""
    return f"plus {counted(sums.without_price, 'call')} without a price" if sums.without_price else ""


SHARES = {"model": "model", "tools": "tools", "waiting": "waiting for you", "rest": "other"}
"""What was done in the time of a session, by the fields of `Shares`."""


def shares_of(times: SessionTimes) -> list[tuple[str, str, Measure]]:
    """Return the shares of a session's time that are known: their field, their name and the time."""
    measures = ((name, label, getattr(times.shares, name)) for name, label in SHARES.items())
    return [(name, label, one) for name, label, one in measures if one.grade and (one.value or one.value is None)]


def shares_in_words(times: SessionTimes) -> str:
    """Return how long models worked, tools ran and the agent waited, such as "model 12.4 s ◐ · tools 31.0 s ◐"."""
    return " · ".join(f"{label} {marked(one)}" for _, label, one in shares_of(times))


def agreement_in_words(totals: SessionTotals) -> list[str]:
    """Return whether the calls add up to what the program reports, a sentence each."""
    return [one.text for one in totals.agreements]
