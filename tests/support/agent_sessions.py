"""Sessions of Claude Code, as its session files have them: two turns, a subagent, a failed tool, and results of every sort."""

import json

import viewer

NEEDLE = "wet != dry"


def line(kind, second=0.0, **fields):
    minutes, seconds = divmod(second, 60)
    stamp = f"2026-02-03T04:{5 + int(minutes):02}:{seconds:06.3f}Z"
    return {"type": kind, "sessionId": "s1", "version": "2.1.0", "uuid": f"u{second}", "timestamp": stamp} | fields


def answer(second, message_id, *blocks, output=10, **fields):
    usage = {"input_tokens": 10, "cache_read_input_tokens": 1000, "output_tokens": output}
    stop = "tool_use" if blocks[-1]["type"] == "tool_use" else "end_turn"
    message = {"id": message_id, "role": "assistant", "model": "claude-sonnet-4-5-20250929", "content": [*blocks]}
    return line("assistant", second, message=message | {"stop_reason": stop, "usage": usage}, **fields)


def user(second, content, **fields):
    return line("user", second, message={"role": "user", "content": content}, **fields)


def text(words):
    return {"type": "text", "text": words}


def call(call_id, name="Bash", **given):
    return {"type": "tool_use", "id": call_id, "name": name, "input": given}


def returned(call_id, content, **fields):
    return [{"type": "tool_result", "tool_use_id": call_id, "content": content, **fields}]


SUBAGENT = {"isSidechain": True, "agentId": "agent-1"}
SESSION = (
    user(1, "Fix the failing test, <b>please</b>."),
    answer(4, "m1", call("t1", command="pytest -q"), output=80),
    user(9, returned("t1", f"1 failed\nAssertionError: {NEEDLE}"), toolUseResult={"durationMs": 4000}),
    answer(11, "m2", call("t2", "Task", description="Find it", prompt="Search for rain", subagent_type="Explore")),
    user(11.1, "Search for rain", **SUBAGENT),
    answer(13, "s1", call("t3", "Grep", pattern="rain"), **SUBAGENT),
    user(13.5, returned("t3", "src/weather.py:12: rain = True"), **SUBAGENT),
    answer(15, "s2", text("It is set in src/weather.py."), **SUBAGENT),
    user(15.2, returned("t2", "It is set in src/weather.py."), toolUseResult={"agentId": "agent-1"}),
    answer(17, "m3", call("t4", "Edit", file_path="src/weather.py")),
    user(29, returned("t4", "The user doesn't want to proceed", is_error=True)),
    answer(31, "m4", text("Fixed: it is dry by default.")),
    user(331, "Thanks. Now run everything."),
    answer(333, "m5", call("t5", command="pytest")),
    user(335, returned("t5", "\x1b[32m12 passed\x1b[0m")),
    answer(336, "m6", text("All 12 tests pass.")),
)


def load(*lines):
    return viewer.load("".join(f"{json.dumps(one)}\n" for one in lines).encode(), "session.jsonl")


def without_times(*lines):
    """Return lines as `claude -p --output-format stream-json` writes them."""
    return [
        {name: value for name, value in one.items() if name not in ("timestamp", "sessionId")} | {"session_id": "s1"}
        for one in lines
    ]


def long_session(turns, calls):
    """Return the lines of a session of so many turns of so many calls each, the second of each turn with a subagent."""
    lines = []
    second = 0
    for turn in range(turns):
        lines.append(user(second, f"Do step {turn}"))
        for place in range(calls):
            key = f"{turn}-{place}"
            is_last = place == calls - 1
            tool = "Task" if place == 1 else "Bash"
            block = (
                text(f"Step {turn} is done")
                if is_last
                else call(f"t{key}", tool, prompt=f"Look at {key}", description="Look")
            )
            lines.append(answer(second + 0.1, f"m{key}", block))
            if tool == "Task" and not is_last:
                agent = {"isSidechain": True, "agentId": f"agent-{key}"}
                lines += [
                    user(second + 0.2, f"Look at {key}", **agent),
                    answer(second + 0.3, f"s{key}", text("Seen"), **agent),
                ]
            if not is_last:
                lines.append(user(second + 0.5, returned(f"t{key}", f"output {key}")))
            second += 1
    return lines
