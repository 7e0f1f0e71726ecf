"""What `serve` says at its start: which requests it answers, and how well the times of the answers are known."""

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from viewer.playback.playable import Playable
from viewer.text.masks import masked_url
from viewer.text.words import counted, listed
from viewer.types.chunk_table import GRADES

_MAX_LISTED = 12
_MAX_UPSTREAMS = 3


def contents(playables: Sequence[Playable]) -> Iterator[str]:
    """Yield lines on what is served and what cannot be."""
    served = [one for one in playables if not one.trouble]
    cassettes = len({one.cassette for one in served})
    yield f"Serving {counted(len(served), 'response')} of {counted(cassettes, 'recording')}."
    kinds: dict[str, list[Playable]] = {}
    for one in served:
        kinds.setdefault(_asked(one), []).append(one)
    ranked = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    columns = max(map(len, kinds))
    for asked, of_kind in ranked[:_MAX_LISTED]:
        yield f"  {asked:{columns}}  {counted(len(of_kind), 'response')}, times {_grades(of_kind)}"
    if (more := len(ranked) - _MAX_LISTED) > 0:
        yield f"  and {counted(more, 'other kind')} of request"
    lost = [one for one in playables if one.trouble]
    for one in lost[:_MAX_LISTED]:
        yield f"Not served: {one.place}: {one.trouble}"
    if (more := len(lost) - _MAX_LISTED) > 0:
        yield f"Not served: {counted(more, 'more response')}."


def upstreams(playables: Sequence[Playable]) -> str:
    """Return what the address of the server takes the place of."""
    hosts = Counter(_host(one) for one in playables)
    del hosts[""]
    most = [host for host, _ in hosts.most_common(_MAX_UPSTREAMS)]
    if not most:
        return "the provider's address"
    return listed(most) if len(hosts) <= _MAX_UPSTREAMS else f"{', '.join(most)} and others"


def _asked(playable: Playable) -> str:
    request = playable.request
    path = urlsplit(masked_url(request.url)).path
    method = "WS" if playable.sessions else request.method.upper() or "ANY"
    if not request.url:
        return "any WebSocket" if playable.sessions else "any request"
    return f"{method} {path or '/'}"


def _host(playable: Playable) -> str:
    parts = urlsplit(playable.request.url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""


def _grades(playables: Sequence[Playable]) -> str:
    counts = Counter(one.schedule.grade for one in playables)
    known = [grade for grade in (*GRADES, "none") if counts[grade]]
    return known[0] if len(known) == 1 else ", ".join(f"{grade} {counts[grade]}" for grade in known)
