"""Claude Code: files that were cut, joined, resumed, or written by something else."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import viewer
from tests.cassettes.recorders.test_claude_code import SESSION, answer, call, line, load, returned, text, user
from viewer.conversation.agent import calls_of
from viewer.conversation.brought_results import brought_results
from viewer.conversation.sessions.times import session_times
from viewer.conversation.sessions.totals import session_totals

DEEP = "[" * 900 + "]" * 900
ODD = [None, 7, -0.5, 10**30, True, "", "text", "\ud800", [], [7, None, {}], {}, {"type": []}, "@deep@"]
NAMES = (
    *("type", "subtype", "message", "event", "uuid", "parentUuid", "sessionId", "session_id", "timestamp", "version"),
    *("isSidechain", "agentId", "parent_tool_use_id", "parentToolUseID", "toolUseResult", "isMeta", "data", "usage"),
    *("isApiErrorMessage", "error", "totalCostUSD", "modelUsage", "total_cost_usd", "duration_ms", "num_turns"),
)
IN_MESSAGE = ("id", "model", "role", "content", "stop_reason", "usage")


def written(*lines, end=b"\n"):
    return b"\n".join(json.dumps(one).replace('"@deep@"', DEEP).encode() for one in lines) + end


def opened(data):
    """Open a file, check that each of its lines stands in one place, and read all that is made of a session."""
    cassette = viewer.load(data, "session.jsonl")
    assert cassette.format == "claude-code"
    bodies = [body for one in cassette.interactions for body in (one.request.body, one.response.body)]
    kept = Counter(part for body in bodies for part in body.split(b"\n") if part.strip())
    assert kept == Counter(part for part in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if part.strip())
    assert len(cassette.session.calls) == len(cassette.interactions)
    calls_of(cassette)
    for stream in cassette.streams:
        brought_results(cassette, stream)
    session_times(cassette.session)
    session_totals(cassette, cassette.session)
    return cassette


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_file_that_was_cut_anywhere_keeps_what_is_there(cut):
    data = written(*SESSION, user(40, "Füße 🌧"))
    data = data[: len(data) - cut * 3]
    cassette = opened(data)
    assert [one.text() for one in cassette.streams] == ["", "It is dry.", "Gladly."]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\n\n  \n\n"),
        lambda data: data.replace(b"\n", b"\n\0\0\n"),
        lambda data: data.replace(b'"Thanks."', b'"Tha\0nks."'),
        lambda data: data.replace(b"Thanks.", b"\xff\xfe\x80"),
        lambda data: data.rstrip(),
    ],
    ids=["crlf", "bom", "blank", "nul lines", "nul", "not UTF-8", "no end"],
)
def test_odd_bytes_between_and_in_lines_change_no_answer(change):
    cassette = opened(change(written(*SESSION)))
    assert [one.text() for one in cassette.streams] == ["", "It is dry.", "Gladly."]
    assert [one.usage.output for one in cassette.streams] == [4, 11, 32]


def test_two_sessions_in_one_file_are_shown_one_after_the_other_and_said():
    other = [{**one, "sessionId": "s2", "uuid": f"v{one['uuid']}"} for one in SESSION]
    for number, one in enumerate(other):
        if "id" in one["message"]:
            other[number] = {**one, "message": {**one["message"], "id": "other " + one["message"]["id"]}}
    cassette = opened(written(*SESSION, *other))
    assert len(cassette.streams) == 6
    assert "The lines are those of 2 sessions." in [one.message for one in cassette.problems]


def test_lines_out_of_order_and_times_that_run_backwards_are_kept_in_the_order_of_the_file():
    cassette = opened(written(*reversed(SESSION)))
    assert [one.text() for one in cassette.streams] == ["Gladly.", "It is dry.", ""]
    assert all(value >= 0 for stream in cassette.streams for value in stream.chunks["t"].dropna())


def test_thousands_of_unknown_types_and_of_broken_lines_make_short_notes():
    unknown = [line(f"kind-{number}", 10, text="x") for number in range(3000)]
    data = written(*SESSION[:4], *unknown) + b'{"type"\n' * 3000 + written(SESSION[4])
    problems = opened(data).problems
    assert len(problems) < 12
    assert max(len(one.message) for one in problems) < 300
    assert any(one.message.startswith("3,000 lines of unknown types: 1 kind-0, ") for one in problems)
    assert any(one.message == "2,995 more lines are not JSON objects." for one in problems)


def test_images_and_output_of_megabytes_open_in_time():
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO" * 1_000_000}}
    data = written(
        user(1, [text("Look"), image]),
        answer(2, "m1", call("t1", command="make"), stop_reason="tool_use"),
        user(3, returned("t1", "out\n" * 5_000_000), toolUseResult={"stdout": "out\n" * 100}),
        answer(4, "m2", text("Done."), stop_reason="end_turn"),
    )
    cassette = opened(data)
    assert [one.text() for one in cassette.streams] == ["", "Done."]
    assert cassette.problems == []


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_value_in_any_field_affects_no_other_line(odd):
    kinds = ("user", "assistant", "stream_event", "result", "system", "progress", "cost-state", "attachment", odd)
    lines = [line(kind, 10, **{name: odd}) for kind in kinds for name in NAMES]
    lines += [
        line("progress", 10, data={"type": "agent_progress", name: odd}) for name in ("agentId", "message", "prompt")
    ]
    for name in IN_MESSAGE:
        one = answer(10, f"odd {name}", call("odd"))
        lines.append({**one, "message": {**one["message"], name: odd}})
    lines += [
        answer(10, "odd block", {"type": kind, "id": odd, "name": odd, "input": odd, "text": odd})
        for kind in ("tool_use", "text", odd)
    ]
    lines += [user(10, [{"type": "tool_result", "tool_use_id": odd, "content": odd, "is_error": odd}])]
    lines = [{**one, "uuid": one.get("uuid") if one.get("uuid") != "u10" else f"x{at}"} for at, one in enumerate(lines)]
    cassette = opened(written(*SESSION[:5], *lines, *SESSION[5:]))
    texts = [one.text() for one in cassette.streams]
    assert texts[1].startswith("It is dry.")
    assert any("Gladly." in one for one in texts)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=9) | st.sampled_from(["m1", "t1", "ab12", "u1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from((*NAMES, *IN_MESSAGE)), inner, max_size=4)
    ),
    max_leaves=9,
)
BLOCKS = st.lists(
    st.sampled_from([text("a"), call("t1"), call("t2", "Task", prompt="p", description="d"), *returned("t1", "r")])
    | VALUES,
    max_size=3,
)
LINES = st.fixed_dictionaries(
    {"type": st.sampled_from(["user", "assistant", "system", "progress", "result", "summary", "murmur"])},
    optional={
        "message": st.fixed_dictionaries(
            {"content": BLOCKS | st.just("p")},
            optional={"id": st.sampled_from(["m1", "m2", "m3"]), "usage": VALUES, "model": VALUES},
        ),
        "uuid": st.sampled_from(["u1", "u2", "u3", "u4", "u5"]),
        "parentUuid": st.sampled_from(["u1", "u2", "u3", None]),
        "isSidechain": st.booleans(),
        "agentId": st.sampled_from(["ab12", "cd34", "../x"]),
        "sessionId": st.just("s1"),
        "subtype": st.sampled_from(["success", "compact_boundary", "init"]),
        "timestamp": st.integers(0, 59).map("2026-02-03T04:05:{:02}Z".format) | VALUES,
        "data": st.fixed_dictionaries(
            {"type": st.just("agent_progress"), "agentId": st.just("cd34"), "message": VALUES}
        ),
        "toolUseResult": VALUES,
        "usage": VALUES,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(LINES, max_size=14), st.integers(0, 200), st.booleans())
def test_every_line_of_a_random_file_stands_in_one_place(lines, cut, windows):
    data = written(answer(0, "m0", text("Go.")), *lines)
    data = data[: max(len(data) - cut, data.index(b"\n") + 1)]
    opened(data.replace(b"\n", b"\r\n") if windows else data)


def test_only_part_of_a_session_without_a_prompt_or_an_answer_opens():
    assert len(load(SESSION[4]).interactions) == 1
    about = [line("summary", 1), line("attachment", 2), answer(3, "m", text("a"))]
    assert len(opened(written(*about)).interactions) == 1
