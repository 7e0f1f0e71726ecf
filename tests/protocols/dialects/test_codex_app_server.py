"""Notifications of `codex app-server`: a small synthetic recording for each rule."""

import json

import pytest

import viewer

DEEP = "[" * 1000 + "]" * 1000


def notification(method, /, thread="t", **params):
    return {"method": method, "params": {"threadId": thread, "turnId": "u", **params}}


def item(step, kind, /, identity="i", **fields):
    return notification(f"item/{step}", item={"type": kind, "id": identity, **fields})


def piece(delta, identity="m"):
    return notification("item/agentMessage/delta", itemId=identity, delta=delta)


def counts(total, **last):
    return notification("thread/tokenUsage/updated", tokenUsage={"total": {"inputTokens": total}, "last": last})


def load(*lines):
    """Read the lines as one stream. As a file, `viewer.cassettes.recorders.codex_app_server` takes them apart to calls."""
    body = "".join(f"data: {json.dumps(line)}\n\n" for line in lines).replace('"@deep@"', DEEP)
    return viewer.load(body.encode()).streams[0]


def others(stream):
    return [
        text
        for kind, text in zip(stream.chunks["kind"], stream.chunks["text"], strict=True)
        if kind == "other" and text
    ]


DONE = notification("turn/completed", turn={"id": "u", "status": "completed"})


def test_pieces_of_texts_join_and_the_completed_item_repeats_them():
    stream = load(
        item("started", "reasoning", "r", summary=[], content=[]),
        notification("item/reasoning/summaryPartAdded", itemId="r", summaryIndex=0),
        notification("item/reasoning/summaryTextDelta", itemId="r", summaryIndex=0, delta="Lo"),
        notification("item/reasoning/summaryTextDelta", itemId="r", summaryIndex=0, delta="ok"),
        notification("item/reasoning/summaryTextDelta", itemId="r", summaryIndex=1, delta="Then"),
        item("completed", "reasoning", "r", summary=["Look", "Then"], content=[]),
        item("started", "agentMessage", "m", text=""),
        piece("Dr"),
        piece("y."),
        item("completed", "agentMessage", "m", text="Dry."),
        DONE,
    )
    assert (stream.protocol, stream.text("reasoning"), stream.text()) == ("codex-app-server", "Look\n\nThen", "Dry.")
    assert (stream.finish_reason, stream.complete, stream.problems) == ("completed", True, [])


def test_an_item_without_pieces_is_shown_as_a_whole():
    stream = load(
        item("completed", "reasoning", "r", summary=["Look"]), item("completed", "agentMessage", "m", text="Dry."), DONE
    )
    assert (stream.text("reasoning"), stream.text()) == ("Look", "Dry.")


def test_items_that_run_something_are_calls_with_results():
    stream = load(
        item("started", "commandExecution", "c", command="ls", status="inProgress"),
        notification("item/commandExecution/outputDelta", itemId="c", delta="two"),
        item("completed", "commandExecution", "c", command="ls", aggregatedOutput="two files", exitCode=0),
        item("completed", "fileChange", "f", changes=[{"path": "a", "kind": {"type": "add"}, "diff": "+b"}]),
        item(
            "completed",
            "mcpToolCall",
            "k",
            tool="radar",
            arguments={"km": 5},
            result={"content": [{"type": "text", "text": "ok"}]},
        ),
        item("completed", "webSearch", "w", query="rain", action={"type": "search"}),
        DONE,
    )
    assert [(one.id, one.name, one.arguments) for one in stream.tool_calls] == [
        ("c", "commandExecution", '{"command":"ls"}'),
        ("f", "fileChange", '{"changes":[{"path":"a","kind":{"type":"add"},"diff":"+b"}]}'),
        ("k", "radar", '{"km":5}'),
        ("w", "webSearch", '{"query":"rain","action":{"type":"search"}}'),
    ]
    assert [(step.id, step.text) for step in stream.tool_steps] == [("c", "two files"), ("k", "ok")]


def test_the_usage_of_several_calls_is_the_sum_of_their_own():
    stream = load(
        piece("a"), counts(500, inputTokens=30, cachedInputTokens=20, outputTokens=9, reasoningOutputTokens=4)
    )
    usage = stream.usage
    assert (usage.input, usage.cache_read, usage.output, usage.reasoning, stream.complete) == (30, 20, 9, 4, True)
    first, second = counts(500, inputTokens=30, outputTokens=9), counts(540, inputTokens=40, outputTokens=2)
    several = load(piece("a"), first, first, piece("b"), second).usage
    assert (several.input, several.output) == (70, 11)


def test_lines_of_other_threads_are_of_kind_other():
    stream = load(
        piece("a"), notification("item/agentMessage/delta", "t2", itemId="x", delta="Their words"), piece("b")
    )
    assert (stream.text(), others(stream)) == ("ab", ["Their words"])


def test_an_error_that_is_tried_again_is_no_error_of_the_stream():
    error = {"message": "Reconnecting", "codexErrorInfo": {"responseStreamDisconnected": {}}}
    assert load(notification("error", error=error, willRetry=True), piece("a"), DONE).error is None
    failed = load(piece("a"), notification("error", error=error, willRetry=False))
    assert (failed.error.message, failed.complete) == ("Reconnecting", False)
    refused = {"id": 7, "error": {"code": -32600, "message": "no active turn to interrupt"}}
    assert (load(piece("a"), DONE, refused).error, others(load(piece("a"), DONE, refused))) == (
        None,
        [refused["error"]["message"]],
    )


def test_stamps_of_answers_are_times_and_those_of_tools_are_not():
    lines = [piece("a"), item("completed", "commandExecution", "c", command="ls"), piece("b")]
    stamped = [{**line, "emittedAtMs": 1770091445123 + 10 * place} for place, line in enumerate(lines)]
    stamps = load(*stamped).chunks
    assert stamps[stamps["kind"] == "content"]["stamp"].notna().all()
    assert stamps[stamps["kind"] == "other"]["stamp"].isna().all()


def test_unknown_methods_with_text_are_shown_and_reported():
    stream = load(
        piece("a"), notification("murmur/said", text="psst psst"), item("completed", "hum", "h", text="hush hush")
    )
    assert others(stream) == ["psst psst", "hush hush"]
    assert len(stream.problems) >= 2


def test_others_are_not_taken_for_it():
    update = {
        "jsonrpc": "2.0",
        "method": "session/update",
        "params": {"sessionId": "s", "update": {"sessionUpdate": "plan"}},
    }
    assert load(update, update).protocol != "codex-app-server"


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_line_does_not_affect_others(odd):
    kinds = ("agentMessage", "reasoning", "commandExecution", "mcpToolCall", "webSearch", "userMessage", "x")
    names = ("id", "text", "summary", "content", "command", "aggregatedOutput", "arguments", "result", "tool", "query")
    lines = [
        odd,
        {"method": odd},
        {"method": "item/completed", "params": odd},
        notification("item/completed", item=odd),
    ]
    lines += [
        notification("item/completed", item={"type": kind, "id": "o", name: odd}) for kind in kinds for name in names
    ]
    lines += [
        notification("item/reasoning/textDelta", itemId=odd, contentIndex=odd, delta=odd),
        notification("turn/completed", turn=odd),
    ]
    lines += [
        notification("thread/tokenUsage/updated", tokenUsage=value)
        for value in (odd, {"last": odd}, {"last": {"inputTokens": odd}})
    ]
    lines += [notification("error", error=odd, willRetry=odd), {**piece(""), "emittedAtMs": odd}]
    lines = [piece("still"), *lines, piece(" here", "b")]
    stream = load(*lines)
    assert stream.protocol == "codex-app-server"
    assert stream.chunks["event"].nunique() == len(lines)
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")
