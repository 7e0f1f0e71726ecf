"""Reading a fault as it is asked for, such as `status=429,retry-after=2` or `cut-at-event=10,times=1`."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from viewer.playback.faults.fault import Fault, FaultKind
from viewer.text.safe import shortened, visible_line
from viewer.text.words import listed

# What a client is asked to wait if the fault does not say. Providers send the header with these statuses.
_RETRY_AFTER_S = {429: 1, 503: 1}


class _Number(NamedTuple):
    """Which numbers a name takes."""

    low: float
    high: float
    meaning: str
    example: str
    is_whole: bool = True

    def read(self, name: str, value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        # A number that is not one is not within the limits either.
        if not self.low <= number <= self.high or (self.is_whole and number != int(number)):
            raise ValueError(f"{_shown(f'{name}={value}')}: {name} takes {self.meaning}, as in {name}={self.example}.")
        return number


_MANY = 1e12
_DAY_S = 86_400

_FAULTS: Mapping[FaultKind, _Number | None] = {
    "status": _Number(400, 599, "a status from 400 to 599", "429"),
    "cut-at-headers": None,
    "cut-at-event": _Number(0, _MANY, "the number of an event, counted from 0", "10"),
    "cut-at-byte": _Number(0, _MANY, "a number of bytes", "500"),
    "stall-at-headers": None,
    "stall-at-event": _Number(0, _MANY, "the number of an event, counted from 0", "3"),
    "slow": _Number(1e-3, 1e6, "a factor above 0", "4", is_whole=False),
    "split": _Number(1, _MANY, "the most bytes of a packet", "7"),
    "join": _Number(1, _MANY, "the number of events in a packet", "5"),
    "malformed-at-event": _Number(0, _MANY, "the number of an event, counted from 0", "4"),
}
_OPTIONS: Mapping[str, _Number | None] = {
    "retry-after": _Number(0, _DAY_S, "whole seconds", "2"),
    "for": _Number(0, _DAY_S, "seconds", "5", is_whole=False),
    "times": _Number(1, _MANY, "how many answers to equal requests it is for", "2"),
    "chance": _Number(0, 1, "a share from 0 to 1", "0.3", is_whole=False),
    "path": None,
}
# Options that only some faults have.
_ONLY_OF = {"retry-after": ("status",), "for": ("stall-at-headers", "stall-at-event")}
_FIELDS = {"retry-after": "retry_after_s", "for": "for_s"}
_ALLOWED = (
    f"A fault is one of {', '.join(f'{name}={kind.example}' if kind else name for name, kind in _FAULTS.items())}; "
    f"options follow after commas: retry-after=2 (of status), for=5 (of a stall, in seconds), times=2, chance=0.3, path=/v1/messages."
)


def parse_fault(text: str) -> Fault:
    """Read one fault. Raise `ValueError`, which says what is allowed, if it is not one."""
    pairs: dict[str, str | None] = {}
    for item in filter(None, (item.strip() for item in text.split(","))):
        name, equals, value = item.partition("=")
        name = name.strip().lower()
        if name in pairs:
            raise ValueError(f"{_shown(text)} has {name} twice.")
        pairs[name] = value.strip() if equals else None
    kinds = [kind for kind in _FAULTS if kind in pairs]
    _refuse_unknown(pairs)
    if not kinds:
        raise ValueError(f"{_shown(text)} is no fault. {_ALLOWED}")
    if len(kinds) > 1:
        raise ValueError(f"{_shown(text)} holds {listed(kinds)}. Ask for each as a fault of its own.")
    kind = kinds[0]
    number = _FAULTS[kind]
    if number is None and pairs[kind]:
        raise ValueError(f"{_shown(f'{kind}={pairs[kind]}')}: {kind} takes no value.")
    amount = number.read(kind, pairs[kind] or "") if number else 0.0
    options = _read_options(kind, pairs)
    if kind == "status":
        options.setdefault("retry_after_s", _RETRY_AFTER_S.get(int(amount)))
    written = ",".join(name if value is None else f"{name}={value}" for name, value in pairs.items())
    return Fault(visible_line(written), kind, amount, **options)


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Read several faults with semicolons between them, as in a header. Raise `ValueError` as `parse_fault` does."""
    return tuple(parse_fault(part) for part in text.split(";") if part.strip())


def _refuse_unknown(pairs: Mapping[str, str | None]) -> None:
    for name in pairs:
        if name not in _FAULTS and name not in _OPTIONS:
            near = get_close_matches(name, [*_FAULTS, *_OPTIONS], 1)
            hint = f" Do you mean {near[0]}?" if near else ""
            raise ValueError(f"{_shown(name)} is neither a fault nor an option of one.{hint} {_ALLOWED}")


def _read_options(kind: FaultKind, pairs: Mapping[str, str | None]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name in pairs.keys() & _OPTIONS.keys():
        of = _ONLY_OF.get(name, (kind,))
        if kind not in of:
            raise ValueError(f"{kind} has no option {name}, which belongs to {listed(of)}.")
        number = _OPTIONS[name]
        value = pairs[name] or ""
        if number is None:
            if not value:
                raise ValueError("path takes a part of the path of the request, as in path=/v1/messages.")
            options["path"] = value
        else:
            amount = number.read(name, value)
            options[_FIELDS.get(name, name)] = int(amount) if number.is_whole else amount
    return options


def _shown(text: str) -> str:
    return f"“{shortened(visible_line(text), 80)}”" if text.strip() else "An empty text"
