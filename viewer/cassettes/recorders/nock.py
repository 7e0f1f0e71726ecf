"""nock: https://github.com/nock/nock, a JSON array or the generated code that `nock.recorder.play()` and nock.back write.

A body that is not UTF-8 is hexadecimal. A body with a content encoding is a list of hexadecimal strings, one per network chunk.
"""

import json
import re
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import Problem

ABOUT = (About("nock", "nock", "https://github.com/nock/nock", "JSON definitions and generated code"),)

_QUOTED = rb"'((?:[^'\\]|\\.)*+)'"
_SCOPE = re.compile(rb"^[ \t]*nock\(" + _QUOTED, re.MULTILINE)
_METHOD = re.compile(rb"\s*\.(get|post|put|patch|delete|head|options|merge)\(" + _QUOTED + rb"(, )?")
_REPLY = re.compile(rb"^[ \t]*\.reply\((\d+)(?:, )?", re.MULTILINE)
_BUFFER, _HEX = b"Buffer.from(", ', "hex")'
_HEADER = re.compile(r"""^[ \t]*+['"]?([\w-]++)['"]?:\s*+(?:'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)")""", re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)")


def recognise(document: Document) -> int:
    """Look for definitions with a `scope`, or for the code that creates them."""
    if document.head.lstrip()[:1] != b"[":
        # The plain search is quicker for a text that cannot match.
        is_code = b"nock(" in document.head and _SCOPE.search(document.head) and _REPLY.search(document.data)
        return 85 if is_code else 0
    tree = document.tree
    if not isinstance(tree, list):
        return 0
    definitions = [mapping(item) for item in tree]
    return 90 if any("scope" in item and ("path" in item or "response" in item) for item in definitions) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each definition."""
    problems: list[Problem] = []
    is_tree = document.head.lstrip()[:1] == b"["
    items = document.tree if is_tree else _definitions(document.data)
    interactions = [_interaction(mapping(item), index, problems) for index, item in enumerate(items)]
    return Recording("nock", interactions, problems=tuple(problems), from_tree=is_tree)


def _interaction(item: dict[str, Any], index: int, problems: list[Problem]) -> Interaction:
    if "response" not in item:
        problems.append(fields.no_response(index))
    received = _headers(item.get("rawHeaders", item.get("headers")))
    return Interaction(
        Request(
            method=as_text(item.get("method") or ""),
            url=as_text(item.get("scope") or "") + as_text(item.get("path") or ""),
            headers=_headers(item.get("reqheaders")),
            body=fields.body(item.get("body")),
        ),
        Response(
            status=fields.status(item.get("status")),
            headers=received,
            body=_body(item, received, index, problems),
        ),
    )


def _headers(value: Any) -> Headers:
    """Return headers from an object, or from the alternating names and values that Node lists."""
    if isinstance(value, list) and not any(isinstance(item, dict) for item in value):
        return Headers(zip(map(str, value[::2]), map(str, value[1::2]), strict=False))
    return fields.headers(value)


def _body(item: dict[str, Any], headers: Headers, index: int, problems: list[Problem]) -> bytes:
    value = item.get("response")
    binary = bool(item.get("responseIsBinary"))
    if isinstance(value, list) and "content-encoding" in headers and all(isinstance(part, str) for part in value):
        value = "".join(value)
        binary = True
    if binary and isinstance(value, str):
        try:
            return bytes.fromhex(value)
        except ValueError:
            what = "The response is marked as binary, but it is not hexadecimal."
            problems.append(Problem("warning", what, "It is shown unchanged.", interaction=index))
    return fields.body(value)


def _definitions(code: bytes) -> list[dict[str, Any]]:
    """Return the definitions in generated code, each as far as it can be read."""
    scopes = list(_SCOPE.finditer(code))
    ends = [scope.start() for scope in scopes[1:]] + [len(code)]
    return [_definition(scope, code[scope.end() : end]) for scope, end in zip(scopes, ends, strict=True)]


def _definition(scope: re.Match[bytes], code: bytes) -> dict[str, Any]:
    item: dict[str, Any] = {"scope": _unquoted(scope.group(1))}
    _, _, calls = code.partition(b")")
    method = _METHOD.match(calls)
    if method:
        item |= {"method": method.group(1).decode().upper(), "path": _unquoted(method.group(2))}
        if method.group(3):
            item["body"], _ = _argument(calls[method.end() :])
    reply = _REPLY.search(calls)
    if reply:
        item["status"] = int(reply.group(1)[:3])
        answer = calls[reply.end() :]
        response, rest = _argument(answer.removeprefix(_BUFFER))
        headers, _ = _argument(rest.removeprefix(_HEX).removeprefix(", "))
        # Headers that `util.inspect` printed are not JSON.
        headers = headers or [text for name, one, other in _HEADER.findall(rest) for text in (name, one or other)]
        item |= {"response": response, "rawHeaders": headers, "responseIsBinary": answer.startswith(_BUFFER)}
    return item


def _argument(code: bytes | str) -> tuple[Any, str]:
    """Return the JSON value at the beginning of code, and the code after it. Return "" if there is no JSON value."""
    text = code.decode(errors="replace") if isinstance(code, bytes) else code
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return "", text
    return value, text[end:]


def _unquoted(text: bytes) -> str:
    return _ESCAPE.sub(r"\1", text.decode(errors="replace"))
