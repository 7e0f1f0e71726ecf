"""The user's own prices, from the file that the environment variable VIEWER_PRICES names. docs/cost.md has its format.

They come before the list prices. A file that cannot be used, and an entry that is wrong, change no price without a word.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from viewer.cassettes.syntax.yaml import read_documents
from viewer.protocols.provider import price_names
from viewer.streams.service_tiers import plain_tier
from viewer.text.json import is_number, parse
from viewer.types.cost import Cost, with_caveats
from viewer.types.usage import Usage

VARIABLE = "VIEWER_PRICES"
_MAX_BYTES = 1 << 20
_MAX_USD = 1e6
_IN = ("input", "cache_read", "cache_write", "cache_write_1h", "audio_input", "image_input")
_OUT = ("output", "reasoning", "audio_output", "image_output")
_PER_THOUSAND = ("web_search", "x_search", "file_search", "code_execution", "image_generation", "live_search")
_CONDITIONS = ("provider", "service_tier", "from", "until")


class OwnPrice(NamedTuple):
    """A cost by the user's own prices, or None if they have none, and why the file was not used."""

    cost: Cost | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """The prices of the models that match a pattern."""

    pattern: str
    usd: Mapping[str, float]
    """By name, per million tokens or per thousand uses of a tool."""
    provider: str = ""
    service_tier: str = ""
    first_day: date = date.min
    last_day: date = date.max

    def matches(self, usage: Usage, provider: str | None, names: list[str], day: date | None) -> bool:
        """Tell whether the entry prices a reply. One with dates needs a reply with a date."""
        has_dates = self.first_day > date.min or self.last_day < date.max
        return (
            any(fnmatchcase(name.lower(), self.pattern.lower()) for name in names)
            and self.provider in ("", (provider or "").lower())
            and self.service_tier in ("", plain_tier(usage.service_tier))
            and (not has_dates if day is None else self.first_day <= day <= self.last_day)
        )


@dataclass(frozen=True, slots=True)
class _File:
    """The entries of a file, or why it has none."""

    entries: list[_Entry] = field(default_factory=list)
    problem: str = ""


def own_price(usage: Usage, provider: str | None, model: str | None, recorded_at_s: float | None) -> OwnPrice:
    """Return the cost by the first entry that matches. `recorded_at_s` is in epoch seconds."""
    path = os.environ.get(VARIABLE)
    if not path or usage.input is None or usage.output is None:
        return OwnPrice()
    name = Path(path).name
    try:
        stat = Path(path).stat()
        read = _read(path, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError) as error:
        read = _File(problem=getattr(error, "strerror", None) or str(error))
    if read.problem:
        return OwnPrice(problem=f"{VARIABLE} is not used: {name}: {read.problem}")
    day = None if recorded_at_s is None else datetime.fromtimestamp(recorded_at_s, UTC).date()
    names = list(price_names(model, provider or "")) if model else []
    entry = next((entry for entry in read.entries if entry.matches(usage, provider, names, day)), None)
    return OwnPrice(_cost(entry, usage, name)) if entry else OwnPrice()


def _cost(entry: _Entry, usage: Usage, file: str) -> Cost | None:
    """Price the counts. Return None if a part is larger than the whole, which is left to the list prices to say."""
    one_hour = min(usage.cache_write_1h or 0, usage.cache_write or 0) if "cache_write_1h" in entry.usd else 0
    parts_in = {
        "cache_read": usage.cache_read or 0,
        "cache_write": (usage.cache_write or 0) - one_hour,
        "cache_write_1h": one_hour,
        "audio_input": (usage.audio_input or 0) - (usage.audio_cache_read or 0),
        "image_input": (usage.image_input or 0) - (usage.image_cache_read or 0),
    }
    parts_out = {
        "reasoning": usage.reasoning or 0,
        "audio_output": usage.audio_output or 0,
        "image_output": usage.image_output or 0,
    }
    tools = {tool: uses for tool, uses in usage.tool_uses.items() if tool in entry.usd}
    input_usd = _tokens_usd(entry, "input", usage.input or 0, parts_in)
    output_usd = _tokens_usd(entry, "output", usage.output or 0, parts_out)
    if input_usd is None or output_usd is None:
        return None
    tools_usd = sum(uses * entry.usd[tool] / 1e3 for tool, uses in tools.items())
    caveats = tuple(_caveats(entry, usage))
    source = f"estimate by your own prices in {file} for {entry.pattern}"
    total_usd = input_usd + output_usd + tools_usd
    return Cost(
        total_usd, with_caveats(source, caveats), is_estimate=True, input_usd=input_usd, caveats=caveats, prices=file
    )


def _tokens_usd(entry: _Entry, whole: str, tokens: int, parts: Mapping[str, int]) -> float | None:
    """Price each part that has a price of its own, and the rest as the whole. Return None if the parts exceed the whole."""
    priced = {name: part for name, part in parts.items() if name in entry.usd}
    rest = tokens - sum(priced.values())
    if rest < 0:
        return None
    return (rest * entry.usd[whole] + sum(part * entry.usd[name] for name, part in priced.items())) / 1e6


def _caveats(entry: _Entry, usage: Usage) -> Iterator[str]:
    for name, tokens in (("cache_read", usage.cache_read), ("cache_write", usage.cache_write)):
        if tokens and name not in entry.usd:
            yield f"The file has no {name}, so these tokens are priced as input"
    if usage.cache_write_1h and "cache_write" in entry.usd and "cache_write_1h" not in entry.usd:
        yield "The file has no cache_write_1h, so these tokens are priced as cache_write"
    for tool, uses in usage.tool_uses.items():
        if tool not in entry.usd:
            yield f"Left out: {uses:,} × {tool}, which the file has no price for"
    if any(not check.passed for check in usage.checks):
        yield "The reported counts do not add up"
    if usage.fallen:
        yield "The last reported counts are smaller than earlier ones"


@lru_cache(maxsize=4)
def _read(path: str, _mtime_ns: int, size_bytes: int) -> _File:
    """Read a file, once for each time that it changes."""
    if size_bytes > _MAX_BYTES:
        return _File(problem="it is larger than 1 MiB")
    data = Path(path).read_bytes()
    try:
        return _File(list(_entries(_parse(data))))
    except ValueError as error:
        return _File(problem=str(error))


def _parse(data: bytes) -> Any:
    """Parse JSON or YAML. JSON is tried first, since YAML does not allow its tabs."""
    try:
        return parse(data)
    except ValueError:
        documents = read_documents(data)
    if documents.broken or len(documents.trees) != 1:
        raise ValueError(f"it is not readable ({documents.broken or f'{len(documents.trees)} YAML documents'})")
    return documents.trees[0]


def _entries(content: Any) -> Iterator[_Entry]:
    """Yield the entries in the order of the file. Raise `ValueError` at the first that is wrong."""
    if not isinstance(content, dict):
        raise ValueError("it must map patterns of models to prices")  # noqa: TRY004 - one kind of error for all of it
    for pattern, value in content.items():
        for entry in value if isinstance(value, list) else [value]:
            yield _entry(str(pattern), entry)


def _entry(pattern: str, entry: Any) -> _Entry:
    if not isinstance(entry, dict):
        raise ValueError(f"{pattern}: prices must be a mapping")  # noqa: TRY004 - as above
    known = (*_IN, *_OUT, *_PER_THOUSAND, *_CONDITIONS)
    if unknown := [str(name) for name in entry if name not in known]:
        raise ValueError(f"{pattern}: {unknown[0]} is not one of {', '.join(known)}")
    usd = {name: _usd(pattern, name, entry[name]) for name in entry if name not in _CONDITIONS}
    if missing := [name for name in ("input", "output") if name not in usd]:
        raise ValueError(f"{pattern}: {missing[0]} has no price")
    provider, tier = (_word(pattern, name, entry.get(name)) for name in ("provider", "service_tier"))
    first, last = (_day(pattern, name, entry.get(name)) for name in ("from", "until"))
    tier = plain_tier(tier) if tier else ""
    return _Entry(pattern, usd, provider, tier, first or date.min, last or date.max)


def _usd(pattern: str, name: str, value: Any) -> float:
    if not is_number(value) or not 0 <= value <= _MAX_USD:
        raise ValueError(f"{pattern}: {name} must be a number of US dollars, not {str(value)[:40]!r}")
    return float(value)


def _word(pattern: str, name: str, value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{pattern}: {name} must be a text, not {str(value)[:40]!r}")
    return (value or "").lower()


def _day(pattern: str, name: str, value: Any) -> date | None:
    try:
        return None if value is None else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{pattern}: {name} must be a day such as 2026-01-31, not {str(value)[:40]!r}") from None
