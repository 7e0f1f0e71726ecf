"""Sessions of agents: no secret in any place of one leaves, in any output."""

import json

import pytest

import viewer
from tests.support.planting.all_kinds import KINDS
from tests.support.planting.kinds import Secret
from tests.support.planting.leaks import find_leak
from tests.support.planting.outputs import OUTPUTS, Case, lane_texts, page_texts
from tests.support.session_secrets import planted_file, planted_stream
from viewer.redaction import Redaction, redact_file

pytestmark = pytest.mark.planted


def _any_of(secrets):
    """Return a secret of which every part of one of these is a part."""
    return Secret("", tuple(part for secret in secrets.values() for part in secret.unique))


@pytest.mark.parametrize("make", [planted_file, planted_stream])
def test_no_secret_in_any_place_of_a_session_leaves(make):
    recording, secrets = make()
    case = Case(recording)
    recorded = [recording.data, *lane_texts(case.cassette)]
    assert [place for place, secret in secrets.items() if not find_leak(recorded, secret)] == []
    for name, output in OUTPUTS.items():
        assert (name, find_leak(output(case), _any_of(secrets))) == (name, None)
    case.close()


def test_metrics_only_leaves_no_text_of_a_session():
    recording, secrets = planted_file()
    said = "please", "API Error", "About", "export X", "Found"
    assert all(word.encode() in recording.data for word in said)
    cassette = viewer.load(recording.data, recording.name)
    page = viewer.report(cassette, redact=Redaction(metrics_only=True))
    written, _ = redact_file(recording.data, recording.name, Redaction(metrics_only=True))
    texts = [written, *page_texts(page)]
    assert find_leak(texts, _any_of(secrets)) is None
    assert [word for word in said for text in texts if word in (text if isinstance(text, str) else text.decode())] == []


@pytest.mark.parametrize("damage", [b"", b'{"type": "user", "mess', b'{"type": "user", "text": "\xf0\x9f', b"\0\0\0\n"])
def test_a_redacted_session_keeps_its_format_and_every_line_that_holds_no_secret(damage):
    recording, _ = planted_file()
    data = b"\xef\xbb\xbf" * (not damage) + recording.data.replace(b"\n", b"\r\n\n") + damage
    written, findings = redact_file(data, recording.name)
    before, after = viewer.load(data, "a.jsonl"), viewer.load(written, "a.jsonl")
    assert (after.format, len(after.interactions)) == ("claude-code", len(before.interactions))
    assert [one.text("content").count(" ") for one in after.streams] == [
        one.text("content").count(" ") for one in before.streams
    ]
    assert len(findings) >= 30
    assert len(written.split(b"\n")) == len(data.split(b"\n"))
    assert b'"durationMs": 9000' in written


def test_names_in_paths_and_addresses_leave_only_if_wanted():
    line = {
        "type": "user",
        "sessionId": "s",
        "uuid": "u1",
        "cwd": "/home/annabella/work",
        "timestamp": "2026-02-03T04:05:01Z",
    }
    line |= {"message": {"role": "user", "content": "Write to annabella@example.org"}}
    answer = {
        "type": "assistant",
        "sessionId": "s",
        "uuid": "u2",
        "message": {"id": "m", "content": [], "model": "claude-x"},
    }
    data = "".join(json.dumps(one) + "\n" for one in (line, answer)).encode()
    assert redact_file(data, "a.jsonl")[0].count(b"annabella") == 2
    assert b"annabella" not in redact_file(data, "a.jsonl", Redaction(personal_paths=True, emails=True))[0]


def test_a_session_with_subagents_next_to_it_is_redacted_by_itself(tmp_path):
    recording, secrets = planted_file()
    path = tmp_path / recording.name
    path.write_bytes(recording.data)
    beside = tmp_path / "session" / "subagents" / "agent-cd34.jsonl"
    beside.parent.mkdir(parents=True)
    inner = {"type": "assistant", "sessionId": "s1", "isSidechain": True, "agentId": "cd34", "uuid": "x"}
    message = {"id": "f1", "model": "claude-x", "content": [{"type": "text", "text": secrets["progress"].text}]}
    beside.write_text(json.dumps({**inner, "timestamp": "2026-02-03T04:05:11Z", "message": message}))
    cassette = viewer.load(path)
    assert cassette.has_files_beside
    written, _ = redact_file(recording.data, recording.name, cassette=cassette)
    assert len(written.split(b"\n")) == len(recording.data.split(b"\n"))
    redacted = viewer.redact(cassette)[0]
    for texts in ([written], lane_texts(redacted)):
        assert find_leak(texts, _any_of(secrets)) is None


def test_a_secret_at_the_end_of_a_result_takes_nothing_of_the_next_result_with_it():
    def returned(call_id, words):
        content = [{"type": "tool_result", "tool_use_id": call_id, "content": words}]
        return {"type": "user", "sessionId": "s", "uuid": call_id, "message": {"role": "user", "content": content}}

    message = {"id": "m", "content": [{"type": "text", "text": "Done."}], "model": "claude-x"}
    answer = {"type": "assistant", "sessionId": "s", "uuid": "u", "message": message}
    lines = [returned("t1", "DB_PASSWORD=correcthorse77"), returned("t2", "total12 files"), answer]
    data = "".join(json.dumps(one) + "\n" for one in lines).encode()
    written, findings = redact_file(data, "a.jsonl")
    assert b"correcthorse77" not in written
    assert b"total12 files" in written
    assert len(findings) == 1


@pytest.mark.parametrize("program", ["gemini", "goose", "opencode"])
def test_the_totals_of_a_session_take_none_of_its_texts_with_them(program):
    secret = KINDS["npm"].secret(program)
    counts = {"input_tokens": 4, "output_tokens": 2}
    stamp = "2026-02-03T04:05:01Z"
    said = {"info": {"id": "m", "role": "assistant", "sessionID": "s"}, "parts": [{"type": "text", "text": "Hi"}]}
    spoken = {"role": "assistant", "created": 1_770_000_000, "content": [{"type": "text", "text": "Hi"}]}
    data = {
        "gemini": [
            {"type": "init", "timestamp": stamp, "session_id": "s", "model": "gemini-x"},
            {"type": "message", "timestamp": stamp, "role": "assistant", "content": "Hi"},
            {"type": "result", "timestamp": stamp, "status": "success", "stats": {**counts, "note": secret.text}},
        ],
        "goose": [
            {"id": "s", "description": secret.text, **{f"accumulated_{name}": one for name, one in counts.items()}},
            spoken,
        ],
        "opencode": [
            {
                "info": {"id": "s", "title": secret.text, "tokens": {"input": 4, "output": 2}},
                "messages": [said],
            }
        ],
    }[program]
    cassette = viewer.load("".join(json.dumps(one) + "\n" for one in data).encode(), "a.jsonl")
    redacted = viewer.redact(cassette)[0]
    assert (redacted.session.reported.usage.input, redacted.session.reported.usage.output) == (4, 2)
    assert find_leak([repr(redacted.session), *lane_texts(redacted)], secret) is None


def test_ids_that_are_secrets_leave_the_session_too_and_still_tie_its_parts_together():
    secrets = {place: KINDS["npm"].secret(place) for place in ("session", "agent", "tool", "kind")}
    session, agent, tool, kind = (secret.text for secret in secrets.values())
    task = {"type": "tool_use", "id": tool, "name": "Task"}
    task["input"] = {"prompt": "p", "description": "d", "subagent_type": kind}
    message = {"id": "m1", "content": [task], "model": "claude-x", "usage": {"input_tokens": 1, "output_tokens": 1}}
    result = [{"type": "tool_result", "tool_use_id": tool, "content": "Here."}]
    lines = [
        {"type": "assistant", "uuid": "u1", "message": message},
        {"type": "user", "uuid": "u2", "isSidechain": True, "agentId": agent, "message": {"content": "p"}},
        {"type": "user", "uuid": "u3", "message": {"content": result}, "toolUseResult": {"agentId": agent}},
    ]
    stamp = "2026-02-03T04:05:01Z"
    data = "".join(json.dumps({**one, "sessionId": session, "timestamp": stamp}) + "\n" for one in lines).encode()
    cassette = viewer.load(data, "a.jsonl")
    assert [place for place, secret in secrets.items() if secret.text not in repr(cassette.session)] == []
    redacted = viewer.redact(cassette)[0]
    assert find_leak([repr(redacted.session), *lane_texts(redacted)], _any_of(secrets)) is None
    (run,), (call,) = redacted.session.tool_runs, redacted.streams[0].tool_calls
    assert run.call_id == call.id == redacted.session.agents[1].started_by != ""
