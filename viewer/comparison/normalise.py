"""Recorded values without what changes with every recording, such as ids, timestamps and signatures."""

import hashlib
import json
import re
from typing import Any

import orjson

from viewer.text.json import is_utf_8, parse
from viewer.text.masks import MASK, is_secret

VOLATILE = "…"
"""Replaces a value that changes with every recording."""

FREE_FORM_KEYS = frozenset(
    [
        "args",
        "arguments",
        "inputschema",
        "jsonschema",
        "metadata",
        "parameters",
        "parametersjsonschema",
        "properties",
        "responsejsonschema",
        "responseschema",
        "schema",
    ]
)
"""Keys, in the form of `plain_key`, of objects whose fields are named by a user or a model, not by the provider."""

_VOLATILE_KEYS = frozenset(
    [
        "callid",
        "completedat",
        "conversationid",
        "created",
        "createdat",
        "encryptedcontent",
        "eventid",
        "expiresat",
        "id",
        "idempotencykey",
        "itemid",
        "messageid",
        "nonce",
        "obfuscation",
        "previousresponseid",
        "requestid",
        "responseid",
        "runid",
        "sessionid",
        "signature",
        "spanid",
        "startedat",
        "systemfingerprint",
        "threadid",
        "thoughtsignature",
        "timestamp",
        "toolcallid",
        "tooluseid",
        "traceid",
        "updatedat",
    ]
)
_VOLATILE_HEADERS = re.compile(
    r"date|age|host|connection|content-length|transfer-encoding|accept-encoding|traceparent|tracestate|baggage"
    r"|idempotency-key|cookie|x-amz-date|x-amz-content-sha256|x-stainless-retry-count|x-stainless-read-timeout"
    r"|cf-ray|.*request-id|.*trace-id|.*invocation-id|.*correlation-id|.*session-id|amz-sdk-request"
)
_GENERATED = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
    r"|\b[A-Za-z]{2,12}_(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{8,}"
    r"|\b(?=[a-f]*\d)[0-9a-f]{16,}\b",
    re.ASCII,
)
_MOMENT = re.compile(
    r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?\s?(?:ms|s|seconds?)\b",
    re.ASCII,
)
# Far deeper than providers nest. The limit keeps a hostile body from exhausting the stack.
_MAX_DEPTH = 100


def plain_key(key: str) -> str:
    """Return a key in the spelling that all providers share: `tool_call_id` and `toolCallId` become `toolcallid`."""
    return key.lower().replace("_", "").replace("-", "")


def is_volatile_key(key: str) -> bool:
    """Tell whether a key names an id, a timestamp or a signature, which change with every recording."""
    return plain_key(key) in _VOLATILE_KEYS


def normalised(value: Any, depth: int = 0) -> Any:
    """Return a JSON value with `VOLATILE` in place of ids, timestamps and signatures, which are recognised by their keys.

    What a user or a model wrote, such as the arguments of a tool call, is left unchanged.
    """
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [normalised(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    fields: dict[str, Any] = {}
    for key, item in value.items():
        plain = plain_key(str(key))
        if plain in _VOLATILE_KEYS and not isinstance(item, dict | list):
            fields[key] = VOLATILE
        else:
            fields[key] = item if plain in FREE_FORM_KEYS else normalised(item, depth + 1)
    return fields


def masked(value: Any, depth: int = 0) -> Any:
    """Return a JSON value with the strings masked whose keys say that they are secret."""
    if depth > _MAX_DEPTH:
        return MASK
    if isinstance(value, list):
        return [masked(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: MASK if isinstance(item, str) and item != VOLATILE and is_secret(str(key)) else masked(item, depth + 1)
        for key, item in value.items()
    }


def normalised_text(text: str) -> str:
    """Return the message of an error with `VOLATILE` in place of ids and times."""
    return _MOMENT.sub(VOLATILE, without_generated(text))


def without_generated(text: str) -> str:
    """Return a text with `VOLATILE` in place of what looks like a generated id."""
    return _GENERATED.sub(VOLATILE, text)


def normalised_path(path: str) -> str:
    """Return the path of a URL with `VOLATILE` in place of ids."""
    return without_generated(path)


def is_volatile_header(name: str) -> bool:
    """Tell whether a header belongs to a time, a person or a connection rather than to the request."""
    return is_secret(name) or _VOLATILE_HEADERS.fullmatch(name.lower()) is not None


def canonical(value: Any, *, indent: bool = False) -> str:
    """Write equal values as the same JSON text. Raise `ValueError` if the value is nested too deeply."""
    options = orjson.OPT_SORT_KEYS | (orjson.OPT_INDENT_2 if indent else 0)
    try:
        return orjson.dumps(value, option=options).decode()
    except TypeError:
        pass
    try:
        separators = None if indent else (",", ":")
        return json.dumps(
            value, ensure_ascii=False, sort_keys=True, indent=2 if indent else None, separators=separators, default=str
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def canonical_bytes(value: Any) -> bytes:
    """Return the same JSON as `canonical` in UTF-8. It may hold half a surrogate pair. Raise `ValueError` as it does."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return canonical(value).encode("utf-8", "surrogatepass")


def canonical_or_ellipsis(value: Any, *, indent: bool = False) -> str:
    """Return the same JSON as `canonical`, or "…" if the value is nested too deeply."""
    try:
        return canonical(value, indent=indent)
    except ValueError:
        return "…"


def normalised_body(body: bytes) -> str:
    """Return a body as text: JSON normalised and indented, other text unchanged, binary data as its digest."""
    try:
        return canonical(normalised(parse(body)), indent=True)
    except ValueError:
        pass
    return body.decode() if is_utf_8(body) else f"{len(body)} bytes with SHA-256 {hashlib.sha256(body).hexdigest()}"
