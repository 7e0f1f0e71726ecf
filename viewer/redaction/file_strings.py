"""Redact single strings of a recorded file that repeat a URL or a form of the cassette in another shape."""

import re

from viewer.redaction.form_fields import redact_form
from viewer.redaction.interactions import redact_url
from viewer.redaction.rules import Rules

# A URL or a path with parameters, and nothing else: `request_uri` of go-vcr, `path` of nock, `_initiator.url` of Chrome.
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,20}:)?/[^\s\"<>{}]*[?;@][^\s\"<>]*")
# `query` of Hoverfly and Charles, `RawQuery` of Go, `body` of ExVCR. Elsewhere, a text such as `key=value` may be anything.
_FORM_NAME = re.compile(r"query|form|body|params|postdata|search|text$|string$", re.IGNORECASE)


def redact_string(name: str, value: str, rules: Rules, where: str) -> str:
    """Redact a string of a file by what it is as a whole. `name` is the string before it, which is its key if it has one."""
    if _URL.fullmatch(value):
        return redact_url(value, rules, where)
    return redact_form(value, rules, where) if "=" in value and _FORM_NAME.search(name) else value
