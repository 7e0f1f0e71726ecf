"""What spans and log records of a cassette share: where they come from, and how they are written."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from viewer.display.otlp.values import Attributes, key_values
from viewer.streams.cassette import Cassette
from viewer.text.json import json_in
from viewer.types.version import VERSION

SCHEMA_URL = "https://opentelemetry.io/schemas/gen-ai/1.42.0"


class Written(NamedTuple):
    """An export, and what its reader should know about it."""

    text: str
    unescaped: str
    """All strings in it as they are, also those in JSON in strings: escapes could hide a secret from whoever checks `text` alone."""
    notes: tuple[str, ...]


def write_request(
    cassette: Cassette,
    signal: str,
    scope: str,
    items: Sequence[dict[str, Any]],
    counts: Attributes,
    notes: Iterable[str],
) -> Written:
    """Write items as the JSON of an export request.

    Args:
        cassette: where they come from.
        signal: the field of the items of one resource, "resourceSpans" or "resourceLogs".
        scope: the field of the items of one scope, "scopeSpans" or "scopeLogs".
        items: the spans or log records.
        counts: more attributes of the resource.
        notes: what the reader should know.
    """
    items_name = {"scopeSpans": "spans", "scopeLogs": "logRecords"}[scope]
    resource = {
        # What OpenTelemetry demands if the name of the program is not known.
        "service.name": (cassette.session.program if cassette.session else "") or "unknown_service",
        "cassette.name": cassette.name,
        "cassette.format": cassette.recorder,
        **counts,
    }
    head = json.dumps({"attributes": key_values(resource)})
    about = json.dumps({"name": "cassette-viewer", "version": VERSION})
    # One line each: a long file can be searched and compared.
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)
    scopes = f'[{{"scope": {about}, "schemaUrl": "{SCHEMA_URL}", "{items_name}": [\n{lines}\n]}}]'
    text = f'{{"{signal}": [{{"resource": {head}, "{scope}": {scopes}}}]}}\n'
    return Written(text, "\n".join(_strings_in([resource, *items])), tuple(notes))


def _strings_in(value: Any) -> Iterator[str]:
    """Yield the strings of a JSON value, and those of JSON in them."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as fields:
                waiting += fields.values()
            case list() as values:
                waiting += values
            case str() as text:
                yield text
                inner = json_in(text) if text.startswith(("{", "[")) else text
                if inner is not text:
                    waiting.append(inner)


def fingerprint(cassette: Cassette) -> str:
    """Return a digest of what a cassette recorded. The ids of its spans depend on it, but not on the file's name."""
    digest = hashlib.sha256()
    for one in cassette.interactions:
        for part in (one.request.url.encode("utf-8", "surrogatepass"), one.request.body, one.response.body):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        for moment in (one.times.started, one.times.ended):
            digest.update(repr(moment).encode())
    return digest.hexdigest()
