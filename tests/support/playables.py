"""Recorded interactions of known bytes and times, ready to be served."""

from viewer.playback.playable import Playable
from viewer.playback.schedule import Schedule
from viewer.types.http import Headers, Request


def playable(body, *, due_s=None, path="/v1/chat/completions", asked=b"{}", status=200, media_type="text/event-stream"):
    """Return an interaction whose body is given as a list of events, each due at its own time, or as bytes."""
    events = [body] if isinstance(body, bytes) else body
    ends = tuple(sum(map(len, events[: place + 1])) for place in range(len(events)))
    due_s = tuple(due_s or (0.0,) * len(events))
    request = Request("POST", f"https://api.example.com{path}", Headers([("content-type", "application/json")]), asked)
    schedule = Schedule(ends, due_s, due_s[0], ends, "measured")
    headers = (("content-type", media_type),)
    return Playable("talk.yaml", 0, request, status, headers, b"".join(events), schedule)
