"""Cassettes of VCR.py, which pytest-recording and pytest-vcr use too: https://vcrpy.readthedocs.io."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

from viewer.testing.recorders import loaded, put_back
from viewer.testing.uses import Noted, Opened, Undo, UsedCassette, as_request
from viewer.types.http import Request

NAME = "vcrpy"
MODULE = "vcr.cassette"

_ERRORS, _REFUSAL = "vcr.errors", "CannotOverwriteExistingCassetteException"
# A program may catch an error and raise its own, several times over.
_MAX_CHAIN = 50


def is_cassette(value: Any) -> bool:
    """Tell whether a value is a cassette of VCR.py."""
    kind = loaded(MODULE, "Cassette")
    return kind is not None and isinstance(value, kind)


def watch(noted: Noted) -> Undo:
    """Note each cassette that is loaded, and each request that is refused."""
    this = sys.modules[__name__]
    cassettes, refusals = loaded(MODULE, "Cassette"), loaded(_ERRORS, _REFUSAL)
    load, init = vars(cassettes)["load"], vars(refusals)["__init__"]

    @wraps(load.__func__)
    def noting_load(cls: Any, /, *arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        cassette = load.__func__(cls, *arguments, **named)
        noted.opened(this, cassette)
        return cassette

    @wraps(init)
    def noting_init(self: Any, *arguments: Any, **named: Any) -> None:
        __tracebackhide__ = True
        init(self, *arguments, **named)
        noted.refused(this, named.get("cassette"), named.get("failed_request"))

    ours = classmethod(noting_load)
    cassettes.load = ours
    refusals.__init__ = noting_init

    def undo() -> None:
        put_back(cassettes, "load", ours, load)
        put_back(refusals, "__init__", noting_init, init)

    return undo


def refused_in(error: BaseException) -> Iterator[tuple[Any, Any]]:
    """Yield the cassettes and requests of an error and of those that led to it."""
    kind = loaded(_ERRORS, _REFUSAL)
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(seen) < _MAX_CHAIN:
        one = waiting.pop()
        if one is None or any(one is other for other in seen):
            continue
        seen.append(one)
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
        if kind is not None and isinstance(one, kind) and getattr(one, "failed_request", None) is not None:
            yield one.cassette, one.failed_request


def read(opened: Opened) -> UsedCassette:
    """Read what a cassette holds and what of it was played."""
    cassette = opened.cassette
    # pytest-recording reads further files of the marker `vcr`.
    further = getattr(cassette._persister, "extra_paths", ())  # noqa: SLF001 - VCR.py offers no other way, here and below
    names = dict.fromkeys(opened.path(name) for name in (cassette._path, *further))  # noqa: SLF001
    # What was recorded in this run stands behind what was loaded, and was not played.
    count = min(len(cassette.data), len(cassette._old_interactions))  # noqa: SLF001
    return UsedCassette(
        NAME,
        tuple(names),
        tuple(_request(request) for request, _ in cassette.data[:count]),
        tuple(cassette.play_counts[place] > 0 for place in range(count)),
        len(cassette.data) - count,
        tuple(getattr(matcher, "__name__", "a function") for matcher in cassette._match_on),  # noqa: SLF001
    )


def read_request(cassette: Any, request: Any) -> Request:
    """Read a request as the cassette compares it: after the filters of the test's configuration."""
    return _request(cassette.filter_request(request) or request)


def failed_matchers(cassette: Any, request: Any, place: int) -> Sequence[str] | None:
    """Return which comparisons of VCR.py the request fails with a recorded one; None if this version does not tell."""
    compare: Callable[..., tuple[Any, Sequence[tuple[str, str]]]] | None = loaded(
        "vcr.matchers", "get_matchers_results"
    )
    if compare is None:
        return None
    asked = cassette.filter_request(request) or request
    return [name for name, _ in compare(asked, cassette.data[place][0], cassette._match_on)[1]]  # noqa: SLF001 - as above


def _request(request: Any) -> Request:
    # An upload may be a file or an iterator, which `body` would have to read.
    body = getattr(request, "body_bytes", None) if hasattr(request, "body_bytes") else request.body
    return as_request(request.method, request.uri, request.headers.items(), body)
