"""The usage of a reply, streamed or not: the provider's object, converted, with what stands elsewhere in the reply."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from viewer.protocols import ProtocolModule
from viewer.protocols.contradictions import fallen_counts
from viewer.protocols.reading import Reading
from viewer.types.chunk_table import CONTENT, FINISH, REASONING, START, TOOL_CALL
from viewer.types.problems import Problem
from viewer.types.usage import Check, Usage

_DIGITS = re.compile(r"[0-9]{1,15}(\.0+)?")
_MAX_DEPTH = 4
_TEXTS = frozenset({CONTENT, REASONING, TOOL_CALL})


class ReportedUsage(NamedTuple):
    """The usage of a reply, and what is wrong with how it is written."""

    usage: Usage | None
    problems: list[Problem]


def usage_of(protocol: ProtocolModule, reading: Reading, provider: str | None) -> ReportedUsage:
    """Return the usage that was read in a reply. Counts written as text are read too, and reported as a problem."""
    if not reading.usage:
        return ReportedUsage(None, [])
    usage = protocol.usage(reading.usage, provider)
    problems = []
    texts: list[str] = []
    as_numbers = _numbers(reading.usage, "", texts)
    if texts:
        converted = replace(protocol.usage(as_numbers, provider), reported=reading.usage)
        if converted != usage:
            usage = converted
            message = f"The usage has counts that are text instead of numbers: {', '.join(texts)}."
            problems.append(Problem("warning", message, "They are read as numbers. An SDK may refuse or drop them."))
    tool_uses = dict(usage.tool_uses)
    for tool, uses in reading.tool_uses.items():
        tool_uses[tool] = max(uses, tool_uses.get(tool, 0))
    return ReportedUsage(
        replace(
            usage,
            checks=(*usage.checks, *_zero_checks(usage, reading)),
            fallen=_fallen(reading),
            service_tier=reading.service_tier or usage.service_tier,
            tool_uses=tool_uses,
        ),
        problems,
    )


def _numbers(value: Any, path: str, texts: list[str]) -> Any:
    """Return a JSON value with the texts that are whole numbers as numbers. Append their paths to `texts`. Costs stay."""
    if isinstance(value, Mapping) and path.count(".") < _MAX_DEPTH:
        return {key: _numbers(item, f"{path}.{key}" if path else str(key), texts) for key, item in value.items()}
    if isinstance(value, list) and path.count(".") < _MAX_DEPTH:
        return [_numbers(item, f"{path}.{index}", texts) for index, item in enumerate(value)]
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()) and "cost" not in path:
        texts.append(path)
        return int(value.strip().partition(".")[0])
    return value


def _fallen(reading: Reading) -> tuple[str, ...]:
    """Return the counts that fell. A connection that stays open may carry several responses, each with its own usage."""
    kind, choice = np.frombuffer(reading.kind, dtype=np.int8), np.frombuffer(reading.choice, dtype=np.int16)
    has_text = np.fromiter(map(bool, reading.text), dtype=bool, count=len(reading.text))
    is_finish = kind[(choice == 0) & (has_text | (kind == FINISH) | (kind == START))] == FINISH
    # A response may state its finish twice, with nothing in between.
    responses = np.count_nonzero(is_finish[1:] & ~is_finish[:-1]) + int(is_finish[:1].any())
    return tuple(fallen_counts(reading.largest_counts, reading.usage or {})) if responses < 2 else ()


def _zero_checks(usage: Usage, reading: Reading) -> Iterator[Check]:
    """Yield a failed check for an output of 0 tokens that has text. A count that fell to 0 is a problem of its own."""
    if usage.output == 0 and not fallen_counts(reading.largest_counts, reading.usage or {}) and _has_text(reading):
        yield Check("output > 0, since there is text", passed=False, figures="output = 0", off_by=1)


def _has_text(reading: Reading) -> bool:
    return any(kind in _TEXTS and text for kind, text in zip(reading.kind, reading.text, strict=True))
