"""Cassettes of cassetter: https://kludex.github.io/cassetter/."""

import sys
from collections.abc import Sequence
from functools import wraps
from typing import Any

from viewer.testing.recorders import loaded, put_back
from viewer.testing.uses import Noted, Opened, Undo, UsedCassette, as_request
from viewer.types.http import Request

NAME = "cassetter"
MODULE = "cassetter.cassette"


def is_cassette(value: Any) -> bool:
    """Tell whether a value is a cassette of cassetter."""
    kind = loaded(MODULE, "Cassette")
    return kind is not None and isinstance(value, kind)


def watch(noted: Noted) -> Undo:
    """Note each cassette that is loaded, and each request that is refused."""
    this = sys.modules[__name__]
    cassettes, no_match = loaded(MODULE, "Cassette"), loaded(MODULE, "NoMatchError")
    load, match = vars(cassettes)["load"], vars(cassettes)["match"]

    @wraps(load)
    def noting_load(self: Any) -> Any:
        __tracebackhide__ = True
        # Before it is loaded, because a cassette that cannot be read matters most.
        noted.opened(this, self)
        return load(self)

    @wraps(match)
    def noting_match(self: Any, *arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        try:
            return match(self, *arguments, **named)
        except no_match:
            # A cassette that can record asks the provider now.
            if not getattr(self, "can_record", False):
                noted.refused(this, self, (arguments, named))
            raise

    cassettes.load = noting_load
    cassettes.match = noting_match

    def undo() -> None:
        put_back(cassettes, "load", noting_load, load)
        put_back(cassettes, "match", noting_match, match)

    return undo


def refused_in(error: BaseException) -> Sequence[tuple[Any, Any]]:
    """Return nothing: its errors hold no request. Its own plugin imports it before the first test, so none is missed."""
    del error
    return ()


def read(opened: Opened) -> UsedCassette:
    """Read what a cassette holds and what of it was played."""
    cassette = opened.cassette
    requests, used, counts = cassette.requests, cassette.played_indices, cassette.play_counts
    # What was recorded in this run stands behind what was loaded. It counts as played, but no request was answered from it.
    count = next((place for place, is_used in enumerate(used) if is_used and not counts[place]), len(requests))
    return UsedCassette(
        NAME,
        (opened.path(cassette.path),),
        tuple(as_request(one.method, one.uri, one.headers.items(), one.body) for one in requests[:count]),
        tuple(map(bool, used[:count])),
        len(requests) - count,
        tuple(map(str, cassette.match_config.match_on)),
    )


def read_request(cassette: Any, request: Any) -> Request:
    """Read a request. What the cassette has as `[FILTERED]` stands for any value when the two are compared."""
    del cassette
    arguments, named = request
    return _asked(*arguments, **named)


def failed_matchers(cassette: Any, request: Any, place: int) -> None:
    """Return None: cassetter does not say which comparison failed."""
    del cassette, request, place


def _asked(method: str, uri: str, headers: dict[str, list[str]], body: bytes | None) -> Request:
    """Return a request from the arguments of `Cassette.match`."""
    return as_request(method, uri, headers.items(), body)
