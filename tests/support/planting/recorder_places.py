"""Places that only some recorders have."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import yaml

from tests.support.planting.dialects import bedrock, bedrock_invoke, ollama, openai_chat
from tests.support.planting.places import Place, Planting, Recording
from tests.support.planting.recorders import (
    Exchange,
    asked,
    go_vcr,
    har_entry,
    har_file,
    vcr_py,
    vcr_py_binary,
    vcr_py_gzip,
)
from tests.support.planting.writings import environment_name


def _file(make: Callable[[Planting], bytes], note: str) -> Callable[[Planting], Recording]:
    return lambda one: Recording(make(one), "planted", note)


def _har(change: Callable[[dict[str, Any], Planting], object]) -> Callable[[Planting], Recording]:
    """Return a place in the entry of an HTTP archive."""

    def make(one: Planting) -> bytes:
        entry = har_entry(Exchange())
        change(entry, one)
        return har_file(entry)

    return _file(make, "har")


def _posted(entry: dict[str, Any], one: Planting) -> None:
    params = [{"name": "scope", "value": "all"}, {"name": one.kind.told_by, "value": one.text}]
    entry["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": params}


def _messages(entry: dict[str, Any], one: Planting) -> None:
    data = json.dumps({"type": "message", one.kind.told_by: one.text})
    entry["_resourceType"] = "websocket"
    entry["_webSocketMessages"] = [{"type": "send", "time": 1735689600.5, "opcode": 1, "data": data}]


def _go_vcr_field(change: Callable[[dict[str, Any], Planting], object]) -> Callable[[Planting], Recording]:
    """Return a place in a field of go-vcr's request."""

    def make(one: Planting) -> bytes:
        tree = yaml.load(go_vcr(Exchange()), yaml.CSafeLoader)
        change(tree["interactions"][0]["request"], one)
        return yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()

    return _file(make, "go-vcr")


def _polly(pack: Callable[[bytes], str], version: str) -> Callable[[Planting], Recording]:
    """Return a place in the chunks of a compressed body that Polly.JS recorded."""

    def make(one: Planting) -> bytes:
        reply = openai_chat([f"so {one.text[:9]}", f"{one.text[9:]} and"])
        packed = gzip.compress(reply.body, mtime=0)
        chunks = [pack(packed[:40]), pack(packed[40:])]
        entry = har_entry(Exchange(reply=reply, answered={"Content-Encoding": "gzip"}))
        entry["_id"], entry["_order"] = "a1", 0
        entry["response"]["content"] |= {
            "text": json.dumps(chunks),
            "encoding": "base64" if version > "5" else "hex",
            "_isBinary": True,
        }
        return har_file(entry, _recordingName="planted", creator={"name": "Polly.JS", "version": version})

    return _file(make, "polly")


def _line_log(one: Planting) -> bytes:
    lines = [
        {"ts": "2025-01-01T00:00:00Z", "level": "info", "msg": "start"},
        {"ts": "2025-01-01T00:00:01Z", one.kind.told_by: one.text},
    ]
    return ollama(["Hello", "there"]).body + "".join(json.dumps(line) + "\n" for line in lines).encode()


def _http_dump(one: Planting) -> bytes:
    body, reply = asked(), openai_chat(["Hello"])
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: api.acme.example\r\nAuthorization: {one.credentials}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}\r\n"
    answered = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n{reply.body.decode()}"
    return (head + answered).encode()


def _curl_verbose(one: Planting) -> bytes:
    head = [
        "* Connected to api.acme.example (10.0.0.7) port 443 (#0)",
        "> POST /v1/chat/completions HTTP/1.1",
        "> Host: api.acme.example",
        f"> Authorization: {one.credentials}",
        "> Content-Type: application/json",
        ">",
        "< HTTP/1.1 200 OK",
        "< Content-Type: text/event-stream",
        "<",
    ]
    return ("\r\n".join(head) + "\r\n" + openai_chat(["Hello"]).body.decode()).encode()


def _commented(line: Callable[[Planting], str]) -> Callable[[Planting], bytes]:
    return lambda one: line(one).encode() + b"\n" + vcr_py(Exchange())


RECORDER_PLACES: dict[str, Place] = {
    "har-post-params": Place(_har(_posted), tells=True),
    "har-query-string": Place(_har(lambda entry, one: entry["request"]["queryString"].append({"name": one.kind.told_by, "value": one.text})), tells=True),
    "har-comment": Place(_har(lambda entry, one: entry.update(comment=f"with {one.text} in it")), tells=False),
    "har-comment-by-name": Place(_har(lambda entry, one: entry["request"].update(comment=f"{environment_name(one.kind)}={json.dumps(one.text)}")), tells=True),
    "har-request-cookies": Place(_har(lambda entry, one: entry["request"].update(cookies=[{"name": "sid", "value": one.text}])), tells=True),
    "har-response-cookies": Place(_har(lambda entry, one: entry["response"].update(cookies=[{"name": "sid", "value": one.text, "path": "/"}])), tells=True),
    "har-redirect-url": Place(_har(lambda entry, one: entry["response"].update(redirectURL=f"https://acme.example/cb#access_token={quote(one.text, safe='')}")), tells=True),
    "har-custom-field": Place(_har(lambda entry, one: entry.update(_initiator={"type": "script", "url": f"https://acme.example/?token={quote(one.text, safe='')}"})), tells=True),
    "har-custom-key": Place(_har(lambda entry, one: entry.update(_meta={one.kind.told_by: one.text})), tells=True),
    "har-websocket": Place(_har(_messages), tells=True),
    "go-vcr-request-uri": Place(_go_vcr_field(lambda request, one: request.update(request_uri=f"/v1?{one.kind.told_by}={quote(one.text, safe='')}")), tells=True),
    "go-vcr-form": Place(_go_vcr_field(lambda request, one: request.update(form={"scope": ["all"], one.kind.told_by: [one.text]})), tells=True),
    "go-vcr-host": Place(_go_vcr_field(lambda request, one: request.update(host=f"{quote(one.text, safe='')}.acme.example")), tells=False),
    "go-vcr-trailer": Place(_go_vcr_field(lambda request, one: request.update(trailer={"X-Api-Key": [one.text]})), tells=True, one_line=True),
    "yaml-comment": Place(_file(_commented(lambda one: f"# recorded with {one.kind.told_by}: {json.dumps(one.text)}"), "vcr-py"), tells=True),
    "yaml-comment-plain": Place(_file(_commented(lambda one: f"# {one.text}"), "vcr-py"), tells=False, one_line=True),
    "yaml-extra-key": Place(_file(lambda one: vcr_py(Exchange()) + yaml.safe_dump({one.kind.told_by: one.text}, allow_unicode=True).encode(), "vcr-py"), tells=True),
    "yaml-key": Place(_file(lambda one: vcr_py(Exchange()) + yaml.safe_dump({"seen": {one.text: 1}}).encode(), "vcr-py"), tells=False),
    "yaml-binary": Place(_file(lambda one: vcr_py_binary(Exchange(reply=openai_chat([f"so {one.text} and"]))), "vcr-py"), tells=False),
    "gzip-body": Place(_file(lambda one: vcr_py_gzip(Exchange(reply=openai_chat([f"so {one.text} and"]))), "vcr-py"), tells=False),
    "gzip-file": Place(_file(lambda one: gzip.compress(vcr_py(Exchange(body=asked(f"so {one.text} and"))), mtime=0), "vcr-py"), tells=False),
    "polly-base64-chunks": Place(_polly(lambda chunk: base64.b64encode(chunk).decode(), "6.0.6"), tells=False),
    "polly-hex-chunks": Place(_polly(bytes.hex, "4.3.0"), tells=False),
    "bedrock-frame": Place(_file(lambda one: go_vcr(Exchange(reply=bedrock([f"so {one.text} and"]))), "go-vcr"), tells=False),
    "bedrock-frame-in-base64": Place(_file(lambda one: go_vcr(Exchange(reply=bedrock_invoke([f"so {one.text[:7]}", f"{one.text[7:]} and"]))), "go-vcr"), tells=False),
    "bare-event-stream": Place(_file(lambda one: openai_chat([f"so {one.text[:5]}", f"{one.text[5:]} and"]).body, "sse"), tells=False),
    "bare-json-lines": Place(_file(_line_log, "ndjson"), tells=True),
    "http-dump": Place(_file(_http_dump, "http dump"), tells=True, one_line=True),
    "curl-verbose-file": Place(_file(_curl_verbose, "curl -v"), tells=True, one_line=True),
    "file-name": Place(lambda one: Recording(vcr_py(Exchange()), f"{quote(one.text, safe='')[:200]}.yaml", "vcr-py"), tells=False, one_line=True),
}  # fmt: skip
