"""Streams made for tests, and the checks that all tests of exports share."""

import json
import re

import viewer

SGR = re.compile(r"(\x1b\[[0-9;]*m)")


def stream_of(*events, end="data: [DONE]\n\n"):
    """Return the OpenAI chat stream made of these events."""
    return viewer.load(("".join(f"data: {json.dumps(event)}\n\n" for event in events) + end).encode()).streams[0]


def delta(finish=None, model="m", choice=0, **fields):
    return {"model": model, "choices": [{"index": choice, "delta": fields, "finish_reason": finish}]}


def call(name=None, arguments="", index=0):
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    return delta(tool_calls=[{"index": index, "id": f"call_{index}", "function": function}])


def by_style(written):
    """Return the texts sent to a terminal, by the escape sequence that styles them ("" for plain)."""
    texts = {}
    style = ""
    for part in SGR.split(written):
        if SGR.fullmatch(part):
            style = "" if part == "\x1b[0m" else part[2:-1]
        else:
            texts[style] = texts.get(style, "") + part
    return texts


def is_text_with_line_ends(written, text, line_end="\r\n"):
    """Tell whether the output is the text with nothing but line ends inserted."""
    place = 0
    for part in re.split(f"({line_end})", written):
        if part == line_end:
            place += text.startswith("\n", place)
        elif text.startswith(part, place):
            place += len(part)
        else:
            return False
    return place == len(text)
