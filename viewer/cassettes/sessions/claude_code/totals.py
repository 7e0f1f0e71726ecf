"""What Claude Code says of its own session: the `result` at the end of each turn, and the `cost-state` of session files.

https://code.claude.com/docs/en/agent-sdk/typescript: `usage` is that of the turn without subagents. `total_cost_usd` and
`modelUsage` count everything since the program started, with subagents and the small calls of the program itself, which are not
in the stream. Since version 2.1 session files may hold lines of type `cost-state` with the same totals of the session so far.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes.sessions.usage_sums import sum_of
from viewer.text.json import as_text, is_number, mapping
from viewer.text.times import seconds_from_ms
from viewer.types.sessions import Totals
from viewer.types.usage import Usage, count

_BY_MODEL = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens")
_OF_TURN = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


@dataclass(slots=True)
class SessionTotals:
    """The totals of the turns so far."""

    _turns: list[Totals] = field(default_factory=list)
    _runs: list[Totals] = field(default_factory=list)
    """What the last turn of each run of the program says of that run."""

    _states: dict[str, Totals] = field(default_factory=dict)
    """What the last `cost-state` of each session says."""

    def add_state(self, state: Mapping[str, Any]) -> None:
        """Add a `cost-state`, which replaces the one before it."""
        # The program marks a sum in which the prices of a model are missing.
        cost = None if state.get("hasUnknownModelCost") is True else _dollars(state.get("totalCostUSD"))
        self._states[as_text(state.get("sessionId"))] = Totals(
            usage=_of_models(mapping(state.get("modelUsage"))),
            cost_usd=cost,
            model_s=seconds_from_ms(state.get("totalAPIDuration")),
            whole_s=seconds_from_ms(state.get("totalDuration")),
        )

    def add(self, result: Mapping[str, Any]) -> Totals:
        """Add a `result` and return what it says of its own turn."""
        cost = _dollars(result.get("total_cost_usd"))
        so_far = self._runs[-1] if self._runs else Totals()
        is_same_run = cost is not None and so_far.cost_usd is not None and cost >= so_far.cost_usd
        run = Totals(_of_models(mapping(result.get("modelUsage"))), cost)
        if is_same_run:
            self._runs[-1] = run
        else:
            self._runs.append(run)
        turn = Totals(
            usage=_usage(mapping(result.get("usage")), _OF_TURN),
            cost_usd=cost - (so_far.cost_usd or 0.0) if is_same_run and cost is not None else cost,
            model_s=seconds_from_ms(result.get("duration_api_ms")),
            whole_s=seconds_from_ms(result.get("duration_ms")),
            with_subagents=False,
        )
        self._turns.append(turn)
        return turn

    def of_session(self) -> Totals | None:
        """Return the totals of all turns together; None if the file says nothing of them."""
        if not self._turns:
            return _together(list(self._states.values()))
        of_runs = sum_of(run.usage for run in self._runs)
        return Totals(
            usage=of_runs or sum_of(turn.usage for turn in self._turns),
            cost_usd=_total(run.cost_usd for run in self._runs),
            model_s=_total(turn.model_s for turn in self._turns),
            whole_s=_total(turn.whole_s for turn in self._turns),
            with_subagents=of_runs is not None,
        )


def _together(states: Sequence[Totals]) -> Totals | None:
    if not states:
        return None
    return Totals(
        usage=sum_of(one.usage for one in states),
        cost_usd=_total(one.cost_usd for one in states),
        model_s=_total(one.model_s for one in states),
        whole_s=_total(one.whole_s for one in states),
    )


def _of_models(by_model: Mapping[str, Any]) -> Usage | None:
    return sum_of(_usage(mapping(one), _BY_MODEL) for one in by_model.values())


def _usage(reported: Mapping[str, Any], names: tuple[str, str, str, str]) -> Usage | None:
    """Return counts of which the input includes the cache. A count of the cache that is absent is 0."""
    fresh, output, read, written = (count(reported, name) for name in names)
    if fresh is None and output is None:
        return None
    read, written = read or 0, written or 0
    return Usage(None if fresh is None else fresh + read + written, output, None, read, written)


def _total(values: Iterable[float | None]) -> float | None:
    each = list(values)
    return None if not each or None in each else sum(filter(None, each))


def _dollars(value: Any) -> float | None:
    return float(value) if is_number(value) and 0 <= value < 1e9 else None
