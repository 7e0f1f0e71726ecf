"""What the calls of a session used and cost: by turn, by agent and in all, held against what the program itself reports."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted, dollars
from viewer.types.sessions import Session, Totals
from viewer.types.usage import Usage

# Programs round dollars, and prices are decimal fractions that a float only approaches.
_TOLERATED_USD = 0.000_05
_TOLERATED_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class CallSums:
    """The sums over several calls. Calls that do not report a count add nothing to it."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    """A part of the input."""
    cache_write_tokens: int = 0
    """A part of the input."""
    cost_usd: float = 0.0
    without_input: int = 0
    """How many calls do not report their input."""
    without_output: int = 0
    without_cache: int = 0
    """How many calls may have read from a cache without saying so: all if none says anything, since some providers leave out a zero."""
    without_price: int = 0


class Agreement(NamedTuple):
    """How one sum over the calls compares with what the program reports."""

    name: str
    """"input tokens", "output tokens" or "cost"."""
    of_calls: float
    reported: float
    agrees: bool | None
    """None if nothing is known of the calls."""
    text: str
    """Both in one sentence, and the reason if one is known."""


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """The sums over the calls of a session."""

    whole: CallSums
    turns: tuple[CallSums, ...]
    """One for each turn, with its subagents."""
    agents: tuple[CallSums, ...]
    """One for each agent, without the subagents that it started."""
    agreements: tuple[Agreement, ...]
    """Empty if the program reports no totals."""


def session_totals(cassette: Cassette, session: Session) -> SessionTotals:
    """Sum up the calls of a cassette's session, and compare the sums with the session's own totals."""
    replies: dict[int, Stream | Answer] = {**cassette.answers, **{one.interaction: one for one in cassette.streams}}
    of_agent: dict[int, list[Stream | Answer | None]] = {}
    of_turn: dict[int | None, list[Stream | Answer | None]] = {}
    for index, place in enumerate(session.calls):
        of_agent.setdefault(place.agent, []).append(replies.get(index))
        of_turn.setdefault(place.turn, []).append(replies.get(index))
    whole = sums_of(replies.get(index) for index in range(len(session.calls)))
    agents = tuple(sums_of(of_agent.get(agent, ())) for agent in range(len(session.agents)))
    turns = tuple(sums_of(of_turn.get(turn, ())) for turn in range(len(session.turns)))
    compared = tuple(_compare(session.program, session.reported, whole, agents[0])) if session.reported else ()
    return SessionTotals(whole, turns, agents, compared)


def sums_of(replies: Iterable[Stream | Answer | None]) -> CallSums:
    """Return the sums over some calls. None is a call without an answer."""
    each = list(replies)
    usages = [reply.usage or Usage() if reply else Usage() for reply in each]
    costs = [reply.cost.usd if reply else None for reply in each]
    says_cache = any(one.cache_read is not None for one in usages)
    return CallSums(
        calls=len(each),
        input_tokens=sum(one.input or 0 for one in usages),
        output_tokens=sum(one.output or 0 for one in usages),
        cache_read_tokens=sum(one.cache_read or 0 for one in usages),
        cache_write_tokens=sum(one.cache_write or 0 for one in usages),
        cost_usd=sum(cost or 0.0 for cost in costs),
        without_input=sum(one.input is None for one in usages),
        without_output=sum(one.output is None for one in usages),
        without_cache=sum(one.input is None for one in usages) if says_cache else len(each),
        without_price=sum(cost is None for cost in costs),
    )


def _compare(program: str, reported: Totals, whole: CallSums, main: CallSums) -> Iterator[Agreement]:
    usage = reported.usage or Usage()
    sums = whole if reported.with_subagents else main
    scope = "" if reported.with_subagents else " of the main agent"
    for name, of_calls, of_program, missing in (
        ("input", sums.input_tokens, usage.input, sums.without_input),
        ("output", sums.output_tokens, usage.output, sums.without_output),
    ):
        if of_program is None:
            continue
        agrees = None if missing == sums.calls else of_calls == of_program
        why = f"the {name} of {counted(missing, 'call')} is not known" if missing else ""
        text = _text(program, f"{of_program:,} {name} tokens{scope}", f"{of_calls:,}", why, agrees=agrees)
        yield Agreement(f"{name} tokens", of_calls, of_program, agrees, text)
    if reported.cost_usd is not None:
        missing = whole.without_price
        off_usd = abs(whole.cost_usd - reported.cost_usd)
        agrees = off_usd <= max(_TOLERATED_USD, _TOLERATED_SHARE * reported.cost_usd)
        why = f"{counted(missing, 'call')} {'has' if missing == 1 else 'have'} no price" if missing else ""
        agreement = None if missing == whole.calls else agrees
        text = _text(program, dollars(reported.cost_usd), dollars(whole.cost_usd), why, agrees=agreement)
        yield Agreement("cost", whole.cost_usd, reported.cost_usd, agreement, text)


def _text(program: str, reported: str, of_calls: str, why: str, *, agrees: bool | None) -> str:
    if agrees:
        return f"{program} reports {reported}, and the calls add up to the same."
    if agrees is None:
        return f"{program} reports {reported}. The calls cannot be added up: {why}."
    reason = why or "the program may count calls that are not in the file"
    return f"{program} reports {reported}, but the calls add up to {of_calls}: {reason}."
