"""Spans of OpenTelemetry in OTLP's JSON, as the SDK and the collector write them (opentelemetry-sdk 1.45, OTLP 1.7)."""

import json

FIRST_NS = 1_760_000_000_000_000_000


def any_value(value):
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [any_value(one) for one in value]}}
        case dict():
            return {"kvlistValue": {"values": attributes(value)}}
    return {"stringValue": value}


def attributes(values):
    return [{"key": name, "value": any_value(value)} for name, value in values.items()]


def span(values, name="chat gpt-4o", *, own=1, parent=0, trace=1, begin_s=0.0, length_s=1.0, events=(), **fields):
    """Return a span. `events` are names with attributes, a tenth of a second after each other."""
    begin_ns = FIRST_NS + round(begin_s * 1e9)
    return {
        "traceId": f"{trace:032x}",
        "spanId": f"{own:016x}",
        **({"parentSpanId": f"{parent:016x}"} if parent else {}),
        "name": name,
        "kind": 3,
        "startTimeUnixNano": str(begin_ns),
        "endTimeUnixNano": str(begin_ns + round(length_s * 1e9)),
        "attributes": attributes(values),
        "events": [
            {"timeUnixNano": str(begin_ns + (place + 1) * 10**8), "name": event, "attributes": attributes(held)}
            for place, (event, held) in enumerate(events)
        ],
        "status": {},
        **fields,
    }


def log(event, body, *, own=1, trace=1, **values):
    return {
        "timeUnixNano": str(FIRST_NS),
        "traceId": f"{trace:032x}",
        "spanId": f"{own:016x}",
        "body": any_value(body),
        "attributes": attributes({"event.name": event, **values}),
    }


def export(*spans, logs=()):
    resource = {"attributes": attributes({"service.name": "app"})}
    scoped = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "x"}, "spans": spans}]}]}
    logged = {"resourceLogs": [{"resource": resource, "scopeLogs": [{"scope": {"name": "x"}, "logRecords": logs}]}]}
    return json.dumps({**(scoped if spans else {}), **(logged if logs else {})}).encode()
