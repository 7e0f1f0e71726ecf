import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT, SAMPLES, SEED
from tests.support.streams import delta
from viewer.cli.main import main

WEATHER = SAMPLES / "weather-agent_tool-calls.yaml"
OVERLOADED = SAMPLES / "claude-sonnet-4_overloaded.json"


def show(capsys, *arguments):
    assert main(["show", *map(str, arguments)]) == 0
    return capsys.readouterr()


def facts(capsys, file, *arguments):
    return show(capsys, "--plain", *arguments, file).out.splitlines()


def body_of(*events):
    import json

    return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"


def test_the_seed_is_shown_with_figures_grades_and_bounds(capsys):
    out = show(capsys, SEED).out
    assert out.startswith("grok-code-fast-1  api.x.ai · openai-chat · go-vcr 2 · 200 OK · finish: stop\n")
    assert "Thought for about 1.6 s, 90 % hidden" in out
    lines = {line[2:30].strip(): line[30:] for line in out.splitlines() if line.startswith("  ")}
    assert lines["Time to first token"].startswith("≥ 0.193 s ↔")
    assert "1.00 to 3.00 s" in lines["Thinking"]
    assert lines["input, including cached"].strip() == "213"
    assert lines["total, as reported"].strip() == "373"
    assert lines["US dollars"].startswith("$")
    assert "    373 = 213 + 27 + 133      total = prompt + completion + reasoning\n" in out
    assert out.count("373 = 213") == 1
    assert "↔ bounded: known only within bounds" in out
    assert "\x1b" not in out


def test_figures_that_are_not_known_are_left_out_and_the_reason_is_given(capsys):
    out = show(capsys, SAMPLES / "gemma-3-270m_anthropic.sse").out
    assert "Chunk rate" not in out
    assert "This file holds no arrival times of chunks" in out


def test_what_was_asked_and_what_went_wrong_come_first(capsys):
    out = show(capsys, SAMPLES / "claude-sonnet-4_overloaded.json").out.splitlines()
    assert out[1:4] == [
        "Asked: A haiku about rivers.",
        "Thought, then wrote about 14 tokens. Then an error ended the stream.",
        "The stream ends with an error: Overloaded (overloaded_error) (event 12)",
    ]


def test_the_longest_answer_of_several_streams_is_shown_with_a_note(capsys):
    out, err = show(capsys, WEATHER)
    assert "Wrote 18 tokens" in out
    assert (
        err
        == "cassette-viewer: weather-agent_tool-calls.yaml: 2 streams; using interaction 2. Choose another with --interaction.\n"
    )
    out, err = show(capsys, WEATHER, "--interaction", 1)
    assert "Called weather twice" in out
    assert err == ""


def test_responses_that_are_not_streams_are_shown(capsys):
    assert "Answered without streaming" in show(capsys, WEATHER, "--interaction", 3).out
    assert "Lima against Oslo" in show(capsys, WEATHER, "--interaction", 3).out
    assert "error: The server answered 429" in show(capsys, WEATHER, "--interaction", 0).out


def test_a_problem_that_quotes_the_provider_ends_with_a_full_stop(capsys):
    out, _ = show(capsys, OVERLOADED)
    assert "error: The provider sent an error: Overloaded. What came before it is shown.\n" in out


def test_an_unknown_interaction_is_refused(capsys):
    assert main(["show", str(WEATHER), "--interaction", "9"]) == 2
    assert "there is no interaction 9; it has 4" in capsys.readouterr().err


@pytest.mark.process
@pytest.mark.parametrize("how", [[], ["--plain"]])
def test_standard_input_is_read(how):
    command = [sys.executable, "-m", "viewer", "show", *how, "-"]
    run = subprocess.run(command, cwd=ROOT, input=SEED.read_bytes(), capture_output=True, check=True)
    assert "grok-code-fast-1" in run.stdout.decode()


def test_only_a_terminal_that_wants_colours_gets_them(on_terminal):
    assert "\x1b[1mFigures" in on_terminal("show", SEED)
    assert "\x1b" not in on_terminal("show", SEED, NO_COLOR="1")


HOSTILE = "\x1b[2J\x9b1m\r\u202e"


@pytest.mark.parametrize("how", [[], ["--plain"]])
def test_recorded_text_sends_no_control_characters_to_the_terminal(capsys, tmp_path, how):
    file = tmp_path / "hostile.sse"
    file.write_text(body_of(delta(content=HOSTILE, model=HOSTILE), {"error": {"message": HOSTILE}}))
    out = show(capsys, *how, file).out
    assert "␛[2J" in out
    assert not set("\x1b\x9b\r\u202e") & set(out)


def test_facts_of_the_sample_with_tool_calls(capsys):
    first, *sections = "\n".join(facts(capsys, WEATHER)).split("\n\n")
    assert first == "recorder: go-vcr"
    refused, called, answered, whole = (section.splitlines() for section in sections)
    assert refused[-2] == "response: 429 Too Many Requests"
    assert refused[-1].startswith("error: Rate limit reached for gpt-4o-mini")
    assert called[:2] == ["interaction 1", "request: POST https://api.openai.com/v1/chat/completions"]
    assert called[called.index("response: 200 OK") :] == [
        "response: 200 OK",
        "protocol: openai-chat",
        "model: gpt-4o-mini-2024-07-18",
        'tool call 0 weather: {"city":"Lima","unit":"C"}',
        'tool call 1 weather: {"city":"Oslo","unit":"C"}',
        "finish reason: tool_calls",
        "usage.input: 84",
        "usage.output: 46",
        "usage.reasoning: 0",
        "usage.cache_read: 0",
        "usage.total: 130",
    ]
    assert 'request.messages[2].content: {"temperature":19,"sky":"overcast"}' in answered
    assert "content: Lima against Oslo" in whole


def test_texts_become_one_fact_per_line(capsys):
    lines = facts(capsys, SEED)
    assert '''reasoning: First, the user asked: "Say hi in Portuguese."''' in lines
    assert "reasoning: ## Handling the Request " in lines


def cassette(
    tmp_path, *, body=None, request=None, answer="Hi", date="Thu, 23 Oct 2025 14:56:22 GMT", created=1, mark="a"
):
    import json

    import yaml

    sent = {"model": "m", "temperature": 0.5, "messages": [{"role": "user", "content": "one\ntwo"}], **(request or {})}
    event = {"id": f"chatcmpl-{mark}", "created": created, **delta(content=answer, finish="stop")}
    interaction = {
        "request": {
            "method": "POST",
            "uri": f"https://api.openai.com/v1/chat/completions?api-key=sk-{mark}",
            "headers": {"authorization": [f"Bearer sk-{mark}"], "x-request-id": [mark]},
            "body": body if body is not None else json.dumps(sent),
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"content-type": ["text/event-stream"], "date": [date]},
            "body": {"string": body_of(event)},
        },
    }
    file = tmp_path / f"{mark}.yaml"
    file.write_text(yaml.safe_dump({"interactions": [interaction], "version": 1}))
    return file


def test_values_that_change_with_every_recording_are_left_out(capsys, tmp_path):
    calls = [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    again = [{**calls[0], "id": "call_2"}]
    first = cassette(tmp_path, request={"messages": [{"role": "assistant", "tool_calls": calls}]})
    other = cassette(
        tmp_path,
        request={"messages": [{"role": "assistant", "tool_calls": again}]},
        date="Fri, 24 Oct 2025 01:00:00 GMT",
        created=99,
        mark="b",
    )
    assert facts(capsys, first) == facts(capsys, other)


def test_the_request_is_listed_with_sorted_keys(capsys, tmp_path):
    lines = facts(capsys, cassette(tmp_path))
    assert [line for line in lines if line.startswith("request")] == [
        "request: POST https://api.openai.com/v1/chat/completions?api-key=•••",
        "request.messages[0].content: one",
        "request.messages[0].content: two",
        "request.messages[0].role: user",
        "request.model: m",
        "request.temperature: 0.5",
    ]


def test_secrets_are_masked(capsys, tmp_path):
    planted = "sk-planted-0123456789"
    secret = {"metadata": {"api_key": planted}, "max_tokens": 5}
    file = cassette(tmp_path, request=secret, mark=planted)
    out = show(capsys, "--plain", file).out
    assert planted not in out
    assert "request.metadata.api_key: •••" in out
    assert "request.max_tokens: 5" in out
    form = cassette(tmp_path, body=f"grant_type=x&client_secret={planted}&n=1", mark="form")
    assert "request.body: grant_type=x&client_secret=•••&n=1" in facts(capsys, form)


def test_a_picture_becomes_its_digest(capsys, tmp_path):
    picture = "data:image/png;base64," + "A" * 5000
    lines = facts(capsys, cassette(tmp_path, request={"image": picture}))
    (fact,) = (line for line in lines if line.startswith("request.image"))
    assert fact.startswith("request.image: <5,022 bytes, SHA-256 ")


def test_equal_json_arguments_give_equal_facts(capsys, tmp_path):
    def fact(arguments):
        function = {"name": "f", "arguments": arguments}
        file = tmp_path / "call.sse"
        file.write_text(body_of(delta(tool_calls=[{"index": 0, "id": "c", "function": function}])))
        return next(line for line in facts(capsys, file) if line.startswith("tool call"))

    assert fact('{"b": 1, "a": [ 2 ]}') == fact('{"a":[2],"b":1}') == 'tool call 0 f: {"a":[2],"b":1}'
    assert fact('{"token": "x"}') == 'tool call 0 f: {"token":"•••"}'
    assert fact('{"cut off') == 'tool call 0 f: {"cut off'


def test_a_stream_that_breaks_off_has_a_fact_for_it(capsys, tmp_path):
    file = tmp_path / "cut.sse"
    file.write_text(body_of(delta(content="Hi")).replace("data: [DONE]\n\n", ""))
    assert "breaks off: yes" in facts(capsys, file)


def test_a_file_that_is_not_a_recording_has_a_reason_and_a_digest(capsys, tmp_path):
    file = tmp_path / "notes.yaml"
    versions = []
    for text in ("a: 1\n", "a: 2\n"):
        file.write_text(text)
        versions.append(facts(capsys, file))
    assert versions[0][0].startswith("unreadable: ")
    assert versions[0][0] == versions[1][0]
    assert versions[0][1] != versions[1][1]
    assert str(tmp_path) not in "".join(map(str, versions))


def test_a_missing_file_is_an_error(capsys):
    assert main(["show", "--plain", "nowhere.yaml"]) == 2
    assert capsys.readouterr().out == ""


def git(folder, *arguments):
    # Ignore the git settings of this machine and of the user.
    import os

    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "PYTHONPATH": str(ROOT),
    }
    run = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *arguments],  # noqa: S607 - whichever git is installed
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return run.stdout


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "config", "diff.cassette.textconv", f"'{sys.executable}' -m viewer show --plain")
    git(folder, "config", "diff.cassette.xfuncname", "^interaction .*")
    (folder / ".gitattributes").write_text("*.yaml diff=cassette\n")
    return folder


@pytest.mark.process
def test_git_compares_the_facts(repository):
    file = repository / "chat.yaml"
    file.write_bytes(SEED.read_bytes())
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "one")
    file.write_bytes(SEED.read_bytes().replace(b"informal", b"casual"))
    changed = [line for line in git(repository, "diff").splitlines() if line[:1] in "+-"][2:]
    assert len(changed) == 2
    assert changed[0].startswith('-content: Oi! (That\'s "hi" in Portuguese, informal')
    assert changed[1] == changed[0].replace("-content", "+content").replace("informal", "casual")
    git(repository, "commit", "-qam", "two")
    assert "+content: Oi!" in git(repository, "log", "-p", "-1")


@pytest.mark.process
def test_git_sees_no_change_if_a_conversation_is_recorded_again(repository, tmp_path):
    file = repository / "chat.yaml"
    file.write_bytes(cassette(tmp_path).read_bytes())
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "one")
    file.write_bytes(cassette(tmp_path, created=99, mark="b").read_bytes())
    assert "@@" not in git(repository, "diff")


@pytest.mark.process
def test_git_does_not_fail_on_a_file_that_is_not_a_recording(repository):
    (repository / "settings.yaml").write_text("a: 1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "one")
    (repository / "settings.yaml").write_text("a: 2\n")
    assert "+file: <5 bytes" in git(repository, "diff")


def test_a_long_sum_keeps_its_distance_from_its_name(tmp_path, capsys):
    counts = {
        "promptTokenCount": 32,
        "candidatesTokenCount": 477,
        "thoughtsTokenCount": 240,
        "toolUsePromptTokenCount": 764,
    }
    answer = {
        "candidates": [{"content": {"parts": [{"text": "Hi"}], "role": "model"}, "finishReason": "STOP"}],
        "usageMetadata": {**counts, "totalTokenCount": sum(counts.values())},
        "modelVersion": "gemini-2.5-pro",
    }
    (tmp_path / "a.sse").write_text(f"data: {json.dumps(answer)}\n\n")
    assert main(["show", str(tmp_path / "a.sse")]) == 0
    assert "1513 = 32 + 477 + 240 + 764 total = " in capsys.readouterr().out
