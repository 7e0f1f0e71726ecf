"""HAR files of calls to a model, made from requests and responses."""

import json

URL = "https://api.openai.com/v1/chat/completions"
HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer sk-one", "Accept": "text/event-stream"}
USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


def asked(**changes):
    """A request body."""
    body = {
        "model": "gpt-4o",
        "stream": True,
        "temperature": 0.5,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello."}],
        "tools": [WEATHER],
    }
    return body | changes


def events(*payloads, done=True):
    """A body of server-sent events."""
    texts = [f"data: {json.dumps(payload)}\n\n" for payload in payloads]
    return "".join(texts) + ("data: [DONE]\n\n" if done else "")


def chat(
    *deltas, finish="stop", usage=USAGE, model="gpt-4o-2024", call_id="chatcmpl-1", created=1_700_000_000, **fields
):
    """A chat stream with these deltas; a string is a delta of content."""
    head = {"id": call_id, "object": "chat.completion.chunk", "created": created, "model": model, **fields}
    objects = [delta if isinstance(delta, dict) else {"content": delta} for delta in deltas]
    rows = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in objects]
    rows.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if usage:
        rows.append({**head, "choices": [], "usage": usage})
    return events(*rows)


def tool_call(name, arguments, call_id="call_1"):
    """A delta with a tool call."""
    return {
        "tool_calls": [
            {"index": 0, "id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        ]
    }


def entry(
    request=None, answer="", *, url=URL, method="POST", headers=None, status=200, content_type="text/event-stream"
):
    """One entry: a request and its response."""
    sent = json.dumps(request) if isinstance(request, dict | list) else request
    given = HEADERS | (headers or {})
    return {
        "startedDateTime": "2025-01-01T00:00:00Z",
        "time": 0,
        "request": {
            "method": method,
            "url": url,
            "headers": [{"name": name, "value": value} for name, value in given.items()],
            **({"postData": {"mimeType": "application/json", "text": sent}} if sent is not None else {}),
        },
        "response": {
            "status": status,
            "headers": [{"name": "Content-Type", "value": content_type}],
            "content": {"mimeType": content_type, "text": answer if isinstance(answer, str) else json.dumps(answer)},
        },
    }


def har(*entries, version="1.2"):
    """The bytes of a HAR file."""
    return json.dumps({"log": {"version": version, "entries": list(entries)}}).encode()


def conflicted(one, other):
    """Return a file as Git leaves it if it cannot merge two versions."""
    return b"<<<<<<< HEAD\n" + one + b"\n=======\n" + other + b"\n>>>>>>> other\n"
