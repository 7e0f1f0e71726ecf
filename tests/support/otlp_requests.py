"""OTLP in JSON, read by OpenTelemetry's own protobuf messages, and checked for what both signals share."""

import base64
import json

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.semconv._incubating.attributes import (
    error_attributes,
    gen_ai_attributes,
    http_attributes,
    server_attributes,
)

_IDS = ("traceId", "spanId", "parentSpanId")
_MODULES = (error_attributes, gen_ai_attributes, http_attributes, server_attributes)
NAMES = {value for module in _MODULES for value in vars(module).values() if isinstance(value, str)} | {
    # Younger than the package, whose names moved to semantic-conventions-genai.
    *(f"gen_ai.usage.{medium}.input_tokens" for medium in ("audio", "image", "video")),
    "gen_ai.usage.audio.output_tokens",
}


def spans_of(text):
    """Return the spans of an export as protobuf messages. Unknown fields and values of a wrong type raise."""
    request = json_format.ParseDict(_with_base64_ids(json.loads(text)), ExportTraceServiceRequest())
    (resource,) = request.resource_spans
    (scope,) = resource.scope_spans
    return list(scope.spans)


def records_of(text):
    """Return the log records of an export, as `spans_of` does."""
    request = json_format.ParseDict(_with_base64_ids(json.loads(text)), ExportLogsServiceRequest())
    (resource,) = request.resource_logs
    (scope,) = resource.scope_logs
    return list(scope.log_records)


def resource_of(text):
    """Return the attributes of the resource."""
    (resource,) = next(iter(json.loads(text).values()))
    return {one["key"]: next(iter(one["value"].values())) for one in resource["resource"]["attributes"]}


def attributes_of(item):
    """Return the attributes of a span or a record as Python values."""
    found = {one.key: _value(one.value) for one in item.attributes}
    assert len(found) == len(item.attributes), "an attribute is given twice"
    return found


def _value(value):
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [_value(one) for one in value.array_value.values]
        case "kvlist_value":
            return {one.key: _value(one.value) for one in value.kvlist_value.values}
        case kind:
            return getattr(value, kind)


def _with_base64_ids(value):
    """Return OTLP's JSON as protobuf's own, which writes bytes as base64, not in hexadecimal."""
    if isinstance(value, list):
        return [_with_base64_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64encode(bytes.fromhex(one)).decode() if name in _IDS else _with_base64_ids(one)
        for name, one in value.items()
    }
