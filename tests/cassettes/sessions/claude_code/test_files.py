"""Claude Code: a session and its subagents in files of their own."""

import json
import zipfile

import pytest

import viewer
from viewer.files.entries import Member
from viewer.files.folders import members
from viewer.streams.loading import open_recording

MAIN, AGENT = "5b1d0f6e-0000-4000-8000-000000000001", "a1b2c3"


def line(kind, second, **fields):
    stamp = f"2026-02-03T04:05:{second:06.3f}Z"
    about = {"type": kind, "sessionId": MAIN, "version": "2.1.0", "isSidechain": False, "uuid": f"u{second}"}
    return about | {"timestamp": stamp} | fields


def answer(second, message_id, *blocks, stop="end_turn", **fields):
    usage = {"input_tokens": 10, "output_tokens": 5}
    message = {"id": message_id, "role": "assistant", "model": "claude-sonnet-4-5-20250929", "content": [*blocks]}
    return line("assistant", second, message={**message, "stop_reason": stop, "usage": usage}, **fields)


def user(second, content, **fields):
    return line("user", second, message={"role": "user", "content": content}, **fields)


def text(words):
    return {"type": "text", "text": words}


def task(call_id, prompt, kind="Explore"):
    given = {"description": "Search", "prompt": prompt, "subagent_type": kind}
    return {"type": "tool_use", "id": call_id, "name": "Task", "input": given}


def returned(call_id, words):
    return [{"type": "tool_result", "tool_use_id": call_id, "content": words}]


INSIDE = {"isSidechain": True, "agentId": AGENT}
SESSION = (
    user(1, "Go"),
    answer(2, "m1", task("t1", "Find rain"), stop="tool_use"),
    user(9, returned("t1", "Here."), toolUseResult={"agentId": AGENT, "totalDurationMs": 6500}),
    answer(10, "m2", text("Done.")),
)
OF_AGENT = (
    user(3, "Find rain", **INSIDE),
    answer(4, "s1", {"type": "tool_use", "id": "t2", "name": "Grep", "input": {}}, stop="tool_use", **INSIDE),
    user(5, returned("t2", "src/weather.py"), **INSIDE),
    answer(6, "s2", text("Here."), **INSIDE),
)
WHERE = (f"{MAIN}/subagents/agent-{AGENT}", f"agent-{AGENT}")


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return path


@pytest.mark.parametrize("where", WHERE)
def test_a_subagent_is_read_from_its_file_next_to_the_session(tmp_path, where):
    path = write(tmp_path / f"{MAIN}.jsonl", SESSION)
    write(tmp_path / f"{where}.jsonl", OF_AGENT)
    (tmp_path / f"{where}.meta.json").write_text('{"agentType": "Explore", "description": "Search"}')
    cassette = viewer.load(path)
    assert [stream.text() for stream in cassette.streams] == ["", "", "Here.", "Done."]
    assert [place.agent for place in cassette.session.calls] == [0, 1, 1, 0]
    agent = cassette.session.agents[1]
    assert (agent.id, agent.name, agent.started_in, agent.started_by) == (AGENT, "Explore", 0, "t1")
    assert cassette.has_files_beside
    assert cassette.problems == []


def test_a_subagent_that_a_subagent_started_is_read_too(tmp_path):
    inner = {"isSidechain": True, "agentId": "deep"}
    start = answer(4, "s1", task("t2", "Look there", "Plan"), stop="tool_use", **INSIDE)
    result = user(7, returned("t2", "There."), toolUseResult={"agentId": "deep"}, **INSIDE)
    path = write(tmp_path / f"{MAIN}.jsonl", SESSION)
    write(tmp_path / f"{WHERE[0]}.jsonl", (OF_AGENT[0], start, result, answer(8, "s2", text("Here."), **INSIDE)))
    write(
        tmp_path / MAIN / "subagents" / "agent-deep.jsonl",
        (user(5, "Look there", **inner), answer(6, "d1", text("There."), **inner)),
    )
    session = viewer.load(path).session
    assert [(one.id, one.name, one.parent) for one in session.agents] == [
        ("", "", None),
        (AGENT, "Explore", 0),
        ("deep", "Plan", 1),
    ]
    assert [place.agent for place in session.calls] == [0, 1, 2, 1, 0]


def test_the_file_of_a_subagent_opens_as_a_session_of_its_own(tmp_path):
    path = write(tmp_path / f"agent-{AGENT}.jsonl", OF_AGENT)
    (tmp_path / f"agent-{AGENT}.meta.json").write_text('{"agentType": "Explore"}')
    cassette = viewer.load(path)
    (agent,) = cassette.session.agents
    assert (agent.id, agent.name, agent.parent) == (AGENT, "Explore", None)
    assert [place.turn for place in cassette.session.calls] == [0, 0]
    assert [stream.text() for stream in cassette.streams] == ["", "Here."]


def progress(second, inner):
    data = {"type": "agent_progress", "agentId": AGENT, "prompt": "Find rain", "message": inner}
    return line("progress", second, data=data, parentToolUseID="t1", toolUseID=f"agent_msg_{second}")


def without_session(one):
    return {name: one[name] for name in ("type", "message", "uuid", "timestamp")}


PROGRESS = (
    *SESSION[:2],
    *(progress(second, without_session(one)) for second, one in zip((3, 4, 5, 6), OF_AGENT, strict=True)),
    *SESSION[2:],
)


def test_a_subagent_is_read_from_lines_of_progress_if_it_has_no_file(tmp_path):
    path = write(tmp_path / f"{MAIN}.jsonl", PROGRESS)
    cassette = viewer.load(path)
    assert [stream.text() for stream in cassette.streams] == ["", "", "Here.", "Done."]
    assert [(one.usage.input, one.usage.output) for one in cassette.streams] == [(10, 5)] * 4
    assert [call.name for call in cassette.streams[1].tool_calls] == ["Grep"]
    agent = cassette.session.agents[1]
    assert (agent.id, agent.name, agent.started_by) == (AGENT, "Explore", "t1")
    write(tmp_path / f"{WHERE[0]}.jsonl", OF_AGENT)
    with_file = viewer.load(path)
    assert [stream.text() for stream in with_file.streams] == ["", "", "Here.", "Done."]


@pytest.mark.parametrize("name", ["../outside", "..", "/etc/hosts", "a/b", "a\\\\b", "x" * 65, "a\\u002e", ""])
def test_a_hostile_name_of_a_subagent_leads_to_no_file(tmp_path, name):
    outside = OF_AGENT[3] | {"uuid": "outside"}
    write(tmp_path / "outside.jsonl", [outside])
    write(tmp_path / "agent-..jsonl", [outside])
    lines = "".join(json.dumps(one) + "\n" for one in SESSION).replace(f'"{AGENT}"', f'"{name}"')
    path = tmp_path / "project" / f"{MAIN}.jsonl"
    path.parent.mkdir()
    path.write_text(lines)
    cassette = viewer.load(path)
    assert [stream.text() for stream in cassette.streams] == ["", "Done."]
    assert not cassette.has_files_beside


def test_a_line_of_a_subagent_that_is_not_json_is_reported_with_its_agent(tmp_path):
    path = write(tmp_path / f"{MAIN}.jsonl", SESSION)
    beside = write(tmp_path / f"{WHERE[0]}.jsonl", OF_AGENT)
    beside.write_text(beside.read_text() + '{"type": "us')
    (problem,) = viewer.load(path).problems
    assert (problem.message, problem.offset) == (f"Subagent {AGENT}: The last line is cut off.", None)


def test_the_files_of_subagents_are_no_recordings_of_their_own_in_a_folder_or_an_archive(tmp_path):
    project = tmp_path / "project"
    write(project / f"{MAIN}.jsonl", SESSION)
    write(project / f"{WHERE[0]}.jsonl", OF_AGENT)
    packed = tmp_path / "project.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in project.rglob("*.jsonl"):
            archive.write(path, path.relative_to(tmp_path).as_posix())
    for source in (project, packed):
        (member,) = (one for one in members(source) if isinstance(one, Member))
        content = member.read()
        found = open_recording(content.data, member.name, content.beside)
        assert [stream.text() for stream in found.streams] == ["", "", "Here.", "Done."]
