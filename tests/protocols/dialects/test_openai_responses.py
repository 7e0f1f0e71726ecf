"""OpenAI Responses: a small synthetic stream for each rule. test_corpus compares recordings with the official SDK."""

import json

import pytest

import viewer
from viewer.types.replies import StreamError


def load(*payloads):
    texts = [payload if isinstance(payload, str) else json.dumps(payload) for payload in payloads]
    return viewer.load("".join(f"data: {text}\n\n" for text in texts).encode(), "stream.sse").streams[0]


def event(name, index=0, item_id="item", /, **fields):
    return {"type": f"response.{name}", "output_index": index, "item_id": item_id, **fields}


def created(**fields):
    return {"type": "response.created", "response": {"model": "gpt-5", "created_at": 1700000000, **fields}}


def ended(status="completed", output=(), **fields):
    response = {"status": status, "output": list(output), "created_at": 1700000000, **fields}
    return {"type": f"response.{status}", "response": response}


def item(step, index=0, **fields):
    return {"type": f"response.output_item.{step}", "output_index": index, "item": {"id": "item", **fields}}


def message(*texts, **fields):
    return {"type": "message", "content": [{"type": "output_text", "text": text, **fields} for text in texts]}


def call(arguments="", name="add", call_id="c0"):
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}


def kinds(stream):
    return list(stream.chunks["kind"])


def test_content_is_the_concatenated_deltas_and_whole_texts_add_nothing():
    whole = message("Olá mundo")
    stream = load(
        created(),
        item("added", type="message", content=[]),
        event("content_part.added", part={"type": "output_text", "text": ""}),
        event("output_text.delta", delta="Olá"),
        event("output_text.delta", delta=" mundo"),
        event("output_text.done", text="Olá mundo"),
        event("content_part.done", part=whole["content"][0]),
        item("done", **whole),
        ended(output=[whole]),
    )
    assert stream.text() == "Olá mundo"
    assert kinds(stream) == ["start", "other", "other", "content", "content", "other", "other", "other", "finish"]
    assert (stream.protocol, stream.model, stream.finish_reason) == ("openai-responses", "gpt-5", "completed")
    assert stream.complete
    assert stream.chunks["stamp"].isna().all()


@pytest.mark.parametrize(
    "carrier",
    [
        event("output_text.done", text="whole"),
        item("done", **message("wh", "ole")),
        ended(output=[{"type": "reasoning", "summary": []}, message("whole")]),
    ],
)
@pytest.mark.parametrize("before", [[], [event("output_text.delta", delta="who")]])
def test_text_without_deltas_is_read_from_the_events_that_repeat_it(carrier, before):
    assert load(created(), *before, carrier).text() == "whole"


def test_a_final_text_that_differs_from_the_deltas_adds_nothing():
    stream = load(event("output_text.delta", delta="as it came"), ended(output=[message("sanitised, and longer")]))
    assert stream.text() == "as it came"


def test_an_item_missing_from_the_final_response_does_not_repeat_another():
    stream = load(
        event("reasoning_text.delta", 0, "r", delta="hm"),
        event("output_text.delta", 1, "m", delta="yes"),
        ended(output=[message("yes")]),
    )
    assert (stream.text("reasoning"), stream.text()) == ("hm", "yes")


def test_parts_numbered_differently_in_the_item_are_not_repeated():
    stream = load(event("output_text.delta", content_index=1, delta="once"), item("done", **message("once")))
    assert stream.text() == "once"


def test_several_messages_are_joined():
    stream = load(
        event("output_text.delta", 0, "a", delta="first"),
        event("output_text.delta", 1, "b", delta="second"),
        ended(output=[message("first"), message("second")]),
    )
    assert stream.text() == "firstsecond"


@pytest.mark.parametrize("name", ["reasoning_summary_text", "reasoning_text"])
def test_reasoning_is_the_summary_or_the_full_text(name):
    stream = load(event(f"{name}.delta", delta="th"), event(f"{name}.delta", delta="ink"))
    assert stream.text("reasoning") == "think"


def test_the_first_of_summary_and_full_reasoning_is_shown():
    whole = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "short"}],
        "content": [{"type": "reasoning_text", "text": "long"}],
    }
    stream = load(event("reasoning_summary_text.delta", delta="short"), item("done", **whole))
    assert stream.text("reasoning") == "short"


def test_encrypted_reasoning_and_empty_deltas_are_silent():
    reasoning = {"type": "reasoning", "summary": [], "encrypted_content": "c2VjcmV0"}
    stream = load(item("added", **reasoning), item("done", **reasoning), event("output_text.delta", delta=""))
    assert kinds(stream) == ["silent", "silent", "silent"]


def test_a_refusal_is_a_kind_of_its_own():
    stream = load(
        event("refusal.delta", delta="I can"),
        event("refusal.delta", delta="not"),
        event("refusal.done", refusal="I cannot"),
    )
    assert (stream.text("refusal"), stream.text()) == ("I cannot", "")


def test_tool_calls_are_assembled_by_item():
    stream = load(
        {**item("added", 0), "item": {**call(), "id": "a"}},
        {**item("added", 1), "item": {**call(name="mul", call_id="c1"), "id": "b"}},
        event("function_call_arguments.delta", 1, "b", delta="{"),
        event("function_call_arguments.delta", 0, "a", delta='{"a":1}'),
        event("function_call_arguments.delta", 1, "b", delta="}"),
        event("function_call_arguments.done", 0, "a", arguments='{"a":1}'),
        ended(output=[call('{"a":1}'), call("{}", "mul", "c1")]),
    )
    assert stream.tool_calls == [viewer.ToolCall("c0", "add", '{"a":1}', 0), viewer.ToolCall("c1", "mul", "{}", 0)]
    assert list(stream.chunks["tool"].dropna()) == [0, 1, 1, 0, 1]


def test_an_item_whose_id_changes_is_identified_by_its_index():
    stream = load(
        {**item("added", 2), "item": {**call(), "id": "x1"}},
        event("function_call_arguments.delta", 2, "x2", delta="{}"),
        {**item("done", 2), "item": {**call("{}"), "id": "x3"}},
    )
    assert stream.tool_calls == [viewer.ToolCall("c0", "add", "{}", 0)]


def test_items_that_share_an_index_are_identified_by_their_ids():
    stream = load(
        {**item("added"), "item": {**call(), "id": "a"}},
        {**item("added"), "item": {**call(name="mul", call_id="c1"), "id": "b"}},
        event("function_call_arguments.delta", 0, "a", delta="[1]"),
        event("function_call_arguments.delta", 0, "b", delta="[2]"),
    )
    assert [(made.name, made.arguments) for made in stream.tool_calls] == [("add", "[1]"), ("mul", "[2]")]


@pytest.mark.parametrize("carrier", [item("done", **call("{}")), ended(output=[message("x"), call("{}")])])
def test_a_whole_tool_call_is_a_tool_call(carrier):
    assert load(created(), carrier).tool_calls == [viewer.ToolCall("c0", "add", "{}", 0)]


def test_a_call_with_only_a_start_gets_its_arguments_from_the_final_response():
    stream = load(item("added", **call()), ended(output=[call("{}")]))
    assert stream.tool_calls == [viewer.ToolCall("c0", "add", "{}", 0)]


def test_custom_and_mcp_tools_are_tool_calls():
    custom = {"type": "custom_tool_call", "call_id": "c0", "name": "sql", "input": "SELECT 1"}
    stream = load(
        {**item("added"), "item": {**custom, "id": "a", "input": ""}},
        event("custom_tool_call_input.delta", 0, "a", delta="SELECT"),
        event("custom_tool_call_input.done", 0, "a", input="SELECT 1"),
        {**item("added", 1), "item": {"type": "mcp_call", "id": "b", "name": "roll", "arguments": ""}},
        event("mcp_call_arguments.delta", 1, "b", delta="{}"),
        ended(output=[custom]),
    )
    assert stream.tool_calls == [
        viewer.ToolCall("c0", "sql", "SELECT 1", 0),
        viewer.ToolCall("b", "roll", "{}", 0),
    ]


@pytest.mark.parametrize(
    "name", ["code_interpreter_call_code", "shell_call_command", "apply_patch_call_operation_diff"]
)
def test_the_input_of_a_built_in_tool_is_shown_but_is_not_a_tool_call(name):
    stream = load(event(f"{name}.delta", delta="pri"), event(f"{name}.delta", delta="nt"), event(f"{name}.done"))
    assert kinds(stream) == ["other", "other", "other"]
    assert stream.text("other") == "print"
    assert stream.tool_calls == []


def client_call(kind, **fields):
    return {"type": kind, "id": "x", "call_id": "c0", "status": "completed", **fields}


CLICK = {"type": "click", "x": 10, "y": 20}


@pytest.mark.parametrize(
    ("whole", "name", "call_id", "arguments"),
    [
        (client_call("local_shell_call", action={"type": "exec", "command": ["ls"]}), "local_shell", "c0", None),
        (client_call("shell_call", action={"commands": ["ls"], "timeout_ms": 5}), "shell", "c0", None),
        (client_call("apply_patch_call", operation={"type": "delete_file", "path": "a"}), "apply_patch", "c0", None),
        (client_call("computer_call", action=CLICK), "computer", "c0", CLICK),
        (client_call("computer_call", actions=[CLICK]), "computer", "c0", [CLICK]),
        (
            client_call("tool_search_call", execution="client", arguments={"goal": "g"}),
            "tool_search",
            "c0",
            {"goal": "g"},
        ),
        ({"type": "mcp_approval_request", "id": "m0", "name": "roll", "arguments": "{}"}, "roll", "m0", {}),
    ],
)
@pytest.mark.parametrize(
    "carriers", ["added", "added done", "done", "added completed", "completed", "added done completed"]
)
def test_calls_that_the_client_must_run_are_tool_calls_with_their_action_as_arguments(
    whole, name, call_id, arguments, carriers
):
    events = {
        "added": {**item("added"), "item": whole},
        "done": {**item("done"), "item": whole},
        "completed": ended(output=[whole]),
    }
    stream = load(created(), *(events[carrier] for carrier in carriers.split()))
    (made,) = stream.tool_calls
    assert (made.id, made.name) == (call_id, name)
    expected = arguments if arguments is not None else whole.get("action") or whole.get("operation")
    assert json.loads(made.arguments) == expected


def test_the_placeholder_of_an_action_is_replaced_by_the_action():
    begun, whole = (
        client_call("local_shell_call", action={"type": "exec", "command": command}) for command in ([], ["ls"])
    )
    stream = load({**item("added"), "item": begun}, {**item("done"), "item": whole})
    assert json.loads(stream.tool_calls[0].arguments) == whole["action"]


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "create_file", "path": "a.md", "diff": ""},
        {"diff": "", "path": "a.md", "type": "create_file"},
        {"type": "update_file", "diff": "", "path": "a.md"},
    ],
)
@pytest.mark.parametrize("pieces", [["+ä\n", '+"q"\n'], ['+ä\n+"q"\n'], []])
def test_a_diff_that_is_streamed_grows_into_the_json_of_the_operation(operation, pieces):
    whole = client_call("apply_patch_call", operation={**operation, "diff": '+ä\n+"q"\n'})
    deltas = [event("apply_patch_call_operation_diff.delta", 0, "x", delta=piece) for piece in pieces]
    stream = load(
        {**item("added"), "item": client_call("apply_patch_call", operation=operation)},
        *deltas,
        event("apply_patch_call_operation_diff.done", 0, "x", diff=whole["operation"]["diff"]),
        {**item("done"), "item": whole},
    )
    assert json.loads(stream.tool_calls[0].arguments) == whole["operation"]
    assert stream.text("other") == ""
    assert (
        "tool_call" in set(stream.chunks.loc[stream.chunks["event"].isin(range(1, 1 + len(deltas))), "kind"])
        or not deltas
    )


def test_shell_commands_that_are_streamed_grow_into_the_json_of_the_action():
    action = {"commands": ["ls -a", 'echo "ä"'], "max_output_length": 9, "timeout_ms": None}

    def of(step, number, **fields):
        return {"type": f"response.shell_call_command.{step}", "output_index": 0, "command_index": number, **fields}

    stream = load(
        {
            **item("added"),
            "item": client_call("shell_call", action={**action, "commands": [], "max_output_length": None}),
        },
        of("added", 0, command=""),
        of("delta", 0, delta="ls"),
        of("delta", 0, delta=" -a"),
        of("done", 0, command="ls -a"),
        of("added", 1, command=""),
        of("done", 1, command='echo "ä"'),
        {**item("done"), "item": client_call("shell_call", action=action)},
    )
    assert json.loads(stream.tool_calls[0].arguments) == action


def test_an_action_that_does_not_continue_what_was_streamed_replaces_it_and_keeps_it_as_other():
    operation = {"type": "create_file", "path": "a", "diff": ""}
    stream = load(
        {**item("added"), "item": client_call("apply_patch_call", operation=operation)},
        event("apply_patch_call_operation_diff.delta", 0, "x", delta="+draft"),
        {**item("done"), "item": client_call("apply_patch_call", operation={**operation, "diff": "+final"})},
    )
    assert json.loads(stream.tool_calls[0].arguments)["diff"] == "+final"
    assert "+draft" in stream.text("other")


def test_a_call_that_is_cut_off_while_its_diff_is_streamed_keeps_what_came():
    operation = {"type": "create_file", "path": "a", "diff": ""}
    stream = load(
        {**item("added"), "item": client_call("apply_patch_call", operation=operation)},
        event("apply_patch_call_operation_diff.delta", 0, "x", delta="+dr"),
    )
    assert stream.tool_calls[0].arguments == '{"type":"create_file","path":"a","diff":"+dr'
    assert any("are not JSON" in problem.message for problem in stream.problems)


def test_a_shell_in_a_container_is_run_by_the_provider_and_its_output_is_shown():
    hosted = {**client_call("shell_call", action={"commands": ["ls"]}), "environment": {"type": "container_reference"}}
    stream = load(
        {**item("added"), "item": {**hosted, "action": {"commands": []}}},
        {"type": "response.shell_call_command.delta", "output_index": 0, "command_index": 0, "delta": "ls"},
        {**item("done"), "item": hosted},
        {"type": "response.shell_call_output_content.delta", "output_index": 1, "delta": {"stdout": "a.md\n"}},
        {"type": "response.shell_call_output_content.done", "output_index": 1, "output": [{"stdout": "a.md\n"}]},
    )
    assert (stream.tool_calls, stream.text("other")) == ([], "lsa.md\n")


def test_code_that_the_model_writes_for_the_code_interpreter_has_output_tokens():
    whole = {"type": "code_interpreter_call", "id": "item", "code": "1+1", "outputs": [{"type": "logs", "logs": "2"}]}
    stream = load(
        event("code_interpreter_call_code.delta", delta="1+"),
        event("code_interpreter_call_code.done", code="1+1"),
        {**item("done"), "item": whole},
        ended(output=[whole], usage={"input_tokens": 1, "output_tokens": 6, "total_tokens": 7}),
    )
    written = stream.chunks[stream.chunks["kind"] == "other"].set_index("text")["tokens"]
    assert written[["1+", "1"]].tolist() == [4, 2]
    assert written.isna()["2"]


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ({"type": "code_interpreter_call", "code": "1+1", "outputs": None}, "1+1"),
        ({"type": "web_search_call", "action": {"type": "search", "query": "dew point"}}, "dew point"),
        ({"type": "file_search_call", "queries": ["dew point"], "results": [{"text": "Wet."}]}, "dew point\nWet."),
        ({"type": "program", "call_id": "c", "code": "f()", "fingerprint": "x"}, "f()"),
        ({"type": "image_generation_call", "result": "iVBORw0KGgo=", "output_format": "png"}, "image, png, 8 bytes"),
        ({"type": "mcp_call", "name": "roll", "arguments": "{}", "output": "six"}, "six"),
    ],
)
def test_what_an_item_of_the_provider_holds_is_shown_once(whole, shown):
    stream = load({**item("done"), "item": {**whole, "id": "x"}}, ended(output=[{**whole, "id": "x"}]))
    assert stream.text("other").strip() == shown
    assert not [problem for problem in stream.problems if "unknown" in problem.message]


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (event("mood.delta", delta="calm"), "response.mood.delta"),
        (event("mood.done", payload={"text": "calm"}), "response.mood.done"),
        ({**item("done"), "item": {"type": "mood_item", "id": "x", "text": "calm"}}, "mood_item"),
        ({**item("done"), "item": {"type": "message", "content": [{"type": "mood", "text": "calm"}]}}, "mood"),
        (event("content_part.done", part={"type": "mood", "text": "calm"}), "mood"),
        (ended(output=[{"type": "mood_item", "content": [{"type": "output_text", "text": "calm"}]}]), "mood_item"),
    ],
)
def test_text_of_an_unknown_type_is_kept_and_named_in_one_problem(payload, name):
    stream = load(created(), event("output_text.delta", 5, "m", delta="Hi"), payload, payload)
    assert stream.text() == "Hi"
    assert stream.text("other") in ("calm", "calmcalm")
    assert [name in problem.message for problem in stream.problems if "unknown" in problem.message] == [True]


@pytest.mark.parametrize("prefix", ["audio", "output_audio"])
def test_speech_is_audio(prefix):
    separator = "." if prefix == "audio" else "_"
    stream = load(
        event(f"{prefix}.delta", delta="AAAA"), event(f"{prefix}{separator}transcript.delta", delta="Hi"), ended()
    )
    assert (kinds(stream)[:2], stream.text("audio"), stream.problems) == (["audio", "audio"], "Hi", [])


def test_events_without_text_are_no_problem():
    stream = load(
        created(), *(event(name) for name in ("in_progress", "web_search_call.searching", "anything.new")), ended()
    )
    assert stream.problems == []


@pytest.mark.parametrize(
    "parts",
    [
        [
            event("reasoning_summary_text.delta", summary_index=part, delta=text)
            for part, text in ((0, "a"), (0, "b"), (1, "c"))
        ],
        [
            event("reasoning_text.delta", content_index=part, delta=text)
            for part, text in ((0, "a"), (0, "b"), (1, "c"))
        ],
        [event("reasoning_text.delta", 0, "r0", delta="ab"), event("reasoning_text.delta", 1, "r1", delta="c")],
        [item("done", type="reasoning", summary=[{"type": "summary_text", "text": text} for text in ("ab", "c")])],
    ],
)
def test_parts_of_the_reasoning_are_separated(parts):
    assert load(created(), *parts).text("reasoning") == "ab\n\nc"


def test_parts_that_have_events_of_their_own_are_kept_as_the_deltas_say():
    # The official SDK keeps such parts apart, and the texts of the parts are exactly the deltas.
    parts = [
        payload
        for number, text in enumerate(("ab", "c"))
        for payload in (
            event("reasoning_summary_part.added", summary_index=number, part={"type": "summary_text", "text": ""}),
            event("reasoning_summary_text.delta", summary_index=number, delta=text),
        )
    ]
    assert load(created(), *parts).text("reasoning") == "abc"


def numbered(number, payload):
    return {**payload, "sequence_number": number}


def test_events_that_a_resumed_stream_repeats_are_shown_once_and_are_a_problem():
    first, second, third = (numbered(number, event("output_text.delta", delta=f"{number}")) for number in (1, 2, 3))
    stream = load(numbered(0, created(id="r")), first, second, {**first, "obfuscation": "x"}, second, third)
    assert stream.text() == "123"
    assert [problem.message for problem in stream.problems if "repeat" in problem.message] == [
        "2 events repeat an earlier sequence number, as when a stream is resumed."
    ]


def test_a_stream_that_is_resumed_from_its_start_is_one_response():
    begun = [numbered(0, created(id="r")), numbered(1, event("output_text.delta", delta="a"))]
    assert load(*begun, *begun, numbered(2, event("output_text.delta", delta="b"))).text() == "ab"


@pytest.mark.parametrize(
    "numbers", [(0, 0, 0, 0), (-1, -1, -1, -1), (5, 6, 5, 6), ("a", "a", "a", "a"), (None, True, 1.5, [])]
)
def test_numbers_that_do_not_count_the_events_repeat_nothing(numbers):
    texts = ("no ", "no ", "never ", "never ")
    deltas = [
        numbered(number, event("output_text.delta", delta=text)) for number, text in zip(numbers, texts, strict=True)
    ]
    stream = load(numbered(0, created(id="r")), *deltas)
    assert stream.text() == "no no never never "
    assert not [problem for problem in stream.problems if "repeat" in problem.message]


def test_annotations_are_citations_and_are_not_repeated():
    source = {"type": "url_citation", "url": "https://example.org/"}
    stream = load(
        event("output_text.delta", delta="cited"),
        event("output_text.annotation.added", annotation=source),
        item("done", **message("cited", annotations=[source, source])),
        ended(output=[message("cited", annotations=[source, source])]),
    )
    assert [json.loads(text) for text in stream.chunks.loc[stream.chunks["kind"] == "citation", "text"]] == [source] * 2


def test_an_incomplete_response_is_a_complete_stream_with_its_status_as_finish_reason():
    stream = load(event("output_text.delta", delta="a"), ended("incomplete"))
    assert (stream.finish_reason, stream.error, stream.complete) == ("incomplete", None, True)


def test_a_failed_response_is_an_error():
    stream = load(created(), ended("failed", error={"code": "server_error", "message": "broken"}))
    assert stream.error == StreamError("broken", "", "server_error")
    assert (stream.finish_reason, stream.complete) == ("failed", False)
    assert str(load(created(), ended("failed")).error) == "The response failed."


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "error", "code": "rate_limit", "message": "slow down"},
        {"type": "error", "error": {"code": "rate_limit", "message": "slow down"}},
        {"error": {"code": "rate_limit", "message": "slow down"}},
    ],
)
def test_an_error_in_the_stream_keeps_what_came_before(payload):
    stream = load(event("output_text.delta", delta="so far"), payload, ended("failed", error={"message": "again"}))
    assert (str(stream.error), stream.error.code) == ("slow down", "rate_limit")
    assert stream.text() == "so far"


def test_usage_is_that_of_the_final_response_and_its_arithmetic_is_checked():
    usage = {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 18,
    }
    stream = load(created(usage=None), ended(usage=usage))
    assert kinds(stream) == ["start", "finish", "usage"]
    found = stream.usage
    assert (found.input, found.cache_read, found.output, found.reasoning, found.total) == (10, 4, 7, 5, 18)
    assert found.reported == usage
    assert [(check.name, check.passed) for check in found.checks[:3]] == [
        ("total = input + output", False),
        ("reasoning ≤ output", True),
        ("cached ≤ input", True),
    ]


def test_pings_are_keep_alives():
    assert kinds(load(created(), {"type": "keepalive", "sequence_number": 1})) == ["start", "keep_alive"]


def test_a_second_response_in_one_body_starts_afresh():
    again = [created(), event("output_text.delta", delta="same"), ended(output=[message("same")])]
    assert load(*again, *again).text() == "samesame"


CLIENT_KINDS = ("shell_call", "apply_patch_call", "computer_call", "code_interpreter_call", "image_generation_call")
NONSENSE = [None, 7, "text", [], [7, None], {}, {"id": [], "type": [], "content": 7, "summary": [7, {"type": {}}]}]


@pytest.mark.parametrize("odd", NONSENSE)
def test_a_malformed_event_does_not_affect_others(odd):
    fields = (
        "delta",
        "text",
        "arguments",
        "content_index",
        "name",
        "command",
        "command_index",
        "diff",
        "part",
        "output",
    )
    names = ["output_text", "refusal", "reasoning_text", "function_call_arguments", "code_interpreter_call_code"]
    names += ["shell_call_command", "apply_patch_call_operation_diff", "content_part", "shell_call_output_content"]
    payloads = [
        event(f"{name}.{step}", odd, odd, **dict.fromkeys(fields, odd)) for name in names for step in ("delta", "done")
    ]
    payloads += [
        item(step, odd) | {"item": content}
        for step in ("added", "done")
        for content in (
            *(odd, {**call(odd, odd, odd), "id": odd}, {"type": "message", "content": odd}),
            *(client_call(kind, action=odd, operation=odd, outputs=odd) for kind in CLIENT_KINDS),
            {**client_call("apply_patch_call", operation={"diff": odd}), "environment": odd},
        )
    ]
    payloads += [event("output_text.annotation.added", annotation=odd), ended(odd), {"type": "response.failed"}]
    payloads += [
        ended(output=[odd, call(odd, odd, odd), message(odd, annotations=odd)], error=odd, usage=odd, model=odd)
    ]
    payloads += [{"type": "response.completed", "response": {"output": odd, "usage": {"input_tokens": odd}}}]
    payloads += [{"type": "error", "error": odd}, {"type": "response.created", "response": odd}, {"type": odd}, odd]
    stream = load(
        created(),
        event("output_text.delta", 8, "first", delta="still"),
        *payloads,
        event("output_text.delta", 9, "last", delta=" here"),
    )
    assert stream.protocol == "openai-responses"
    assert stream.chunks["event"].nunique() == len(payloads) + 3
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
