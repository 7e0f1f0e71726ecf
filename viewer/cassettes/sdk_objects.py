"""Responses of which a recorder stored the objects of the provider's SDK, instead of what came over the wire."""

from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.wire_form import JSON, JSON_LINES, json_lines
from viewer.types.http import Response
from viewer.types.problems import Problem

WIRE_LOST = Problem(
    "note",
    "The recorder stored the objects of the provider's SDK, not what came over the wire. Each is shown as a line of JSON.",
    "Exact bytes, comments, pings and the closing [DONE] are lost. Fields that were not sent may be shown as null.",
)
"""The problem of a recording with streamed responses."""


def streamed(objects: list[Any]) -> Response:
    """Return the response that an SDK returned as a stream of objects."""
    return Response(headers=fields.content_type(JSON_LINES), body=json_lines(objects))


def not_streamed(value: Any) -> Response:
    """Return the response that an SDK returned as one value."""
    return Response(headers=fields.content_type(JSON), body=fields.json_body(value))


def is_streamed(response: Response) -> bool:
    """Tell whether a response was made by `streamed`."""
    return response.content_type == JSON_LINES
