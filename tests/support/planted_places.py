"""Plant secrets in the places of a recording, whoever recorded it: headers, URLs, bodies and texts of any shape."""

import base64
import gzip
import json
import random
import re
import string

import yaml

from tests.support import planted

_DICE = random.Random("places")  # noqa: S311 - not a real secret
_HEADER_NAMES = ("content-type", "accept", "user-agent", "date", "via", "x-id")
_NAME_KEYS = ("name", "key", "Name")
_VALUE_KEYS = ("value", "Value", "equalTo", "exactMatch")
_TEXT_KEYS = ("content", "text", "partial_json", "reasoning", "thinking")
_ARGUMENT_KEYS = ("arguments", "input", "args")
_TYPE_LINE = re.compile(r"^([<>*]? ?)(content-type: )", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"(?:https?:/)?/[^\s\"'<>{}\\]+")
_CONTENT = re.compile(r'"content": ?"(?=[^"])')


def _password():
    # No pattern knows it: only its name tells that it is a secret.
    return "".join(_DICE.choices(string.ascii_letters + string.digits, k=14)) + "7Qz"


SECRETS = {
    **{place: _password() for place in ("header", "address", "request", "arguments")},
    "message": planted.secrets_of("openai-key")[1],
    "answer": planted.secrets_of("anthropic-key")[1],
}
_LOGIN = json.dumps({"password": SECRETS["arguments"]})
_TOOL_CALL = {"index": 0, "id": "c", "type": "function", "function": {"name": "login", "arguments": _LOGIN}}
_TOOL_EVENT = {
    "id": "x",
    "object": "chat.completion.chunk",
    "choices": [{"index": 0, "delta": {"tool_calls": [_TOOL_CALL]}}],
}


def plant(data):
    """Return a recording with secrets in it."""
    text = data.decode()
    try:
        return json.dumps(_in_tree(json.loads(text)), indent=1).encode()
    except ValueError:
        pass
    try:
        return "".join(json.dumps(_in_tree(json.loads(line))) + "\n" for line in text.splitlines() if line).encode()
    except ValueError:
        pass
    tree = yaml.safe_load(text) if text.lstrip()[:1] not in ("<", "*", "/") and ": " in text.splitlines()[0] else None
    if isinstance(tree, dict | list) and not text.startswith("data:"):
        return yaml.safe_dump(_in_tree(tree), sort_keys=False, allow_unicode=True).encode()
    text = _TYPE_LINE.sub(rf"\1X-Api-Key: {SECRETS['header']}\n\1\2", text)
    text = re.sub(r"https?://[^\s\"'<>\\]+", lambda match: _with_parameter(match[0]), text)
    return _in_content(text).encode()


def left(data):
    """Return the places whose secrets are in a file, in any encoding."""
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    text = data.decode("utf-8", "replace")
    text += "\0" + "".join(text.split()) + re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return [
        place
        for place, secret in SECRETS.items()
        if any(form in text for form in [*planted.forms(secret), secret.encode().hex()])
    ]


def _in_tree(tree):
    if isinstance(tree, dict):
        return _in_mapping(tree)
    if isinstance(tree, list):
        return _in_list(tree)
    return _in_string(tree) if isinstance(tree, str) else tree


def _in_mapping(tree):
    changed = {key: _in_tree(value) for key, value in tree.items()}
    for key in _TEXT_KEYS:
        text = tree.get(key)
        if isinstance(text, str) and text and changed[key] == text and not text.startswith(("data:", "{", "[")):
            changed[key] = f"{text} {SECRETS['answer']}"
    for key in _ARGUMENT_KEYS:
        if isinstance(tree.get(key), dict):
            changed[key]["password"] = SECRETS["arguments"]
        elif str(tree.get(key)).startswith("{"):
            changed[key] = _LOGIN
    header = next((value for name, value in tree.items() if str(name).lower() in _HEADER_NAMES), None)
    return changed if header is None else {**changed, "X-Api-Key": _like(header)}


def _in_list(items):
    changed = [_in_tree(one) for one in items]
    for one in items:
        if isinstance(one, dict) and any(str(one.get(key)).lower() in _HEADER_NAMES for key in _NAME_KEYS):
            return [*changed, {key: "X-Api-Key" if key in _NAME_KEYS else _like(one[key]) for key in one}]
        if isinstance(one, list) and len(one) == 2 and str(one[0]).lower() in _HEADER_NAMES:
            return [*changed, ["X-Api-Key", SECRETS["header"]]]
    is_flat = len(items) > 2 and any(isinstance(one, str) and one.lower() in _HEADER_NAMES for one in items[::2])
    return ["X-Api-Key", SECRETS["header"], *changed] if is_flat else changed


def _like(value):
    """Return the planted header in the shape of another value."""
    if isinstance(value, list):
        return [_like(value[0])] if value else [SECRETS["header"]]
    if isinstance(value, dict):
        return {key: SECRETS["header"] if key in _VALUE_KEYS else one for key, one in value.items()}
    return SECRETS["header"]


def _in_string(text):
    if re.fullmatch(r"[A-Za-z0-9+/\n]{4,}={0,2}\n?", text):
        return _in_base64(text)
    if text.startswith(("data:", "event:")):
        return (
            f"data: {json.dumps(_TOOL_EVENT)}\n\n{_in_content(text)}" if text.startswith("data:") else _in_content(text)
        )
    if text.startswith("{"):
        try:
            tree = json.loads(text)
        except ValueError:
            return text
        return json.dumps({"password": SECRETS["request"], **tree, "note": SECRETS["message"]})
    return _with_parameter(text) if _ADDRESS.fullmatch(text) else text


def _in_base64(text):
    try:
        data = base64.b64decode(text)
        is_compressed = data.startswith(b"\x1f\x8b")
        inner = (gzip.decompress(data) if is_compressed else data).decode()
    except (ValueError, OSError, EOFError):
        return text
    changed = _in_string(inner) if not re.fullmatch(r"[A-Za-z0-9+/]*", inner) else inner
    if changed == inner:
        return text
    return base64.b64encode(gzip.compress(changed.encode()) if is_compressed else changed.encode()).decode()


def _in_content(text):
    return _CONTENT.sub(lambda match: f"{match[0]}{SECRETS['answer']} ", text, count=1)


def _with_parameter(address):
    return f"{address}{'&' if '?' in address else '?'}api_key={SECRETS['address']}"
