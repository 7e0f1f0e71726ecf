"""Cassettes of VCR.py with chats, and a client that asks for them."""

import json
import urllib.request

import yaml

URL = "https://api.openai.com/v1/chat/completions"
RECORDED_KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
ASKED_KEY = "sk-proj-ABCDEFGHijklmnopqrstuvwxyz0123456789abcdefgh"
MATCH_ON = ["method", "uri", "body"]


def request_body(question, **more):
    messages = [{"role": "user", "content": question}]
    return json.dumps({"model": "gpt-4o-mini", "stream": True, "messages": messages, **more})


def answer_body(*words):
    deltas = [({"content": word}, None) for word in words] + [({}, "stop")]
    events = [
        {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1700000000,
            "model": "gpt-4o-mini",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }
        for delta, reason in deltas
    ]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"


def interaction(question, answer, *, url=URL, headers=None):
    return {
        "request": {
            "method": "POST",
            "uri": url,
            "headers": headers or {"authorization": [f"Bearer {RECORDED_KEY}"], "content-type": ["application/json"]},
            "body": request_body(question),
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"content-type": ["text/event-stream"]},
            "body": {"string": answer},
        },
    }


def write_chats(path, *questions):
    """Write a cassette with a chat for each question, each answered with four words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chats = [interaction(question, answer_body("It ", "is ", "warm ", "there.")) for question in questions]
    path.write_text(yaml.safe_dump({"version": 1, "interactions": chats}))
    return path


def ask(question, *, url=URL, key=ASKED_KEY, **more):
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, request_body(question, **more).encode(), headers)  # noqa: S310 - nothing is sent
    with urllib.request.urlopen(request) as response:  # noqa: S310 - as above
        return response.read().decode()
