"""aimock: https://github.com/CopilotKit/aimock, JSON fixtures, recorded by its proxy or written by hand.

For a stream, the proxy stores the assembled text and the delays between the events, but not the events. The body here is one
line, the fixture's `response`. `totalDurationMs` is the time from the request to the last event. The request is only what the
fixture matches. Sessions of OpenAI Live and runs of AG-UI agents are stored event by event.
"""

from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.socket_messages import SocketMessage, socket_bodies
from viewer.cassettes.wire_form import JSON, JSON_LINES, json_lines
from viewer.text.json import as_text, items, mapping
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Interaction, RecordedTimes, Request, Response, SocketConnection
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "aimock",
        "aimock",
        "https://github.com/CopilotKit/aimock",
        "JSON fixtures, recorded or written by hand; also OpenAI Live and AG-UI",
        "first and last event, to the millisecond; with OpenAI Live: each event",
    ),
)


def recognise(document: Document) -> int:
    """Look for fixtures with a matcher and a response."""
    if b'"fixtures"' not in document.head:
        return 0
    tree = mapping(document.tree)
    fixtures = tree.get("fixtures")
    if not isinstance(fixtures, list):
        return 0
    if not fixtures:
        return 40 if len(tree) == 1 else 0
    return 90 if any(_is_fixture(mapping(item)) for item in fixtures) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each fixture, in the order of the file."""
    tree = document.tree
    if not tree["fixtures"]:
        raise CassetteError(document.name, "the aimock file has no fixtures.", fields.CHECK_RECORDER)
    problems = [
        Problem("warning", f"The recorder warns: {fields.quote(warning)}", "Record the call again.")
        for warning in items(tree.get("_warnings"))
    ]
    interactions = [_interaction(mapping(item), index, problems) for index, item in enumerate(tree["fixtures"])]
    return Recording("aimock", interactions, problems=tuple(problems), from_tree=True)


def _is_fixture(item: dict[str, Any]) -> bool:
    return isinstance(item.get("match"), dict) and ("response" in item or isinstance(item.get("events"), list))


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    request = Request(body=fields.json_body(item["match"]) if "match" in item else b"")
    response = mapping(item.get("response"))
    if isinstance(item.get("events"), list):
        return Interaction(request, Response(headers=fields.content_type(JSON_LINES), body=json_lines(item["events"])))
    if isinstance(mapping(response.get("live")).get("entries"), list):
        return _live(response["live"], index, problems)
    if "response" not in item:
        problems.append(fields.no_response(index))
        return Interaction(request, Response())
    timings = mapping(item.get("recordedTimings"))
    delays = timings.get("interChunkDelaysMs")
    if isinstance(delays, list) and delays:
        what = f"The recorder joined the {len(delays) + 1:,} events of this stream into one."
        advice = "The size of each event is lost, so only the times of the first and the last event are used."
        problems.append(Problem("note", what, advice, interaction=index))
        first_s, whole_s = (seconds_from_ms(timings.get(name)) for name in ("ttftMs", "totalDurationMs"))
        times = RecordedTimes(first_s=first_s, whole_s=whole_s)
        return Interaction(
            request, Response(headers=fields.content_type(JSON_LINES), body=json_lines([_with_model(item)])), times
        )
    # aimock wraps JSON of servers that it does not know in `json`.
    body = response["json"] if "json" in response else item["response"]
    status = fields.status(as_text(response.get("status")))
    return Interaction(request, Response(status, headers=fields.content_type(JSON), body=fields.json_body(body)))


def _with_model(item: dict[str, Any]) -> Any:
    """Add the requested model to a response, which does not have it."""
    model = mapping(item.get("match")).get("model")
    response = item["response"]
    return {"model": model, **response} if isinstance(model, str) and isinstance(response, dict) else response


def _live(session: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    """Return a session of OpenAI Live: sent events as the request, received events as the response, one per line."""
    is_recorded = mapping(session.get("capture")).get("source") == "provider"
    if not is_recorded:
        what = "This session was written by hand and not recorded, so its times are not used."
        problems.append(
            Problem("note", what, "Treat its contents as an example of the provider's protocol.", interaction=index)
        )
    entries = fields.mappings(session["entries"])
    messages = [
        SocketMessage(
            entry["direction"] == "client",
            entry.get("event"),
            at_s=seconds_from_ms(entry.get("atMs")) if is_recorded else None,
        )
        for entry in entries
        if entry.get("direction") in ("client", "server")
    ]
    bodies = socket_bodies(messages)
    arrivals = [message.at_s for message in messages if not message.is_sent]
    return Interaction(
        Request(body=bodies.sent),
        Response(headers=fields.content_type(JSON_LINES), body=bodies.received),
        RecordedTimes(arrivals=fields.arrivals_at(arrivals, fields.MILLISECOND_S)),
        (SocketConnection(bodies.frames),),
    )
