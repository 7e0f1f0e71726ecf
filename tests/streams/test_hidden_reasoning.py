import json

import pytest

import viewer


def stream(deltas, reasoning_tokens):
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    details = {"reasoning_tokens": reasoning_tokens}
    usage = {"prompt_tokens": 1, "completion_tokens": 50, "total_tokens": 51, "completion_tokens_details": details}
    events.append({"choices": [], "usage": usage})
    return viewer.load("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()).streams[0]


SHOWN, SILENT, CONTENT = {"reasoning": "a"}, {}, {"content": "b"}


def test_shown_and_silent_chunks_of_the_seed_add_up_to_its_reasoning_tokens(seed_stream):
    hidden = seed_stream.hidden
    assert (hidden.shown_chunks, hidden.silent_chunks, hidden.reasoning_tokens) == (13, 120, 133)
    assert hidden.tokens == 120
    assert hidden.check.figures == "13 + 120 = 133"
    assert hidden.check in seed_stream.usage.checks


def test_each_chunk_of_the_seed_is_one_token(seed_stream):
    chunks = seed_stream.chunks
    assert set(chunks.loc[chunks["kind"].isin(["reasoning", "silent", "content"]), "tokens"]) == {1.0}
    assert chunks.loc[chunks["kind"].isin(["usage", "finish", "other"]), "tokens"].isna().all()


@pytest.mark.parametrize(
    ("deltas", "tokens", "silent"),
    [
        ([SHOWN, SILENT, SILENT, CONTENT, SILENT], 3, 2),
        ([SILENT, SILENT, CONTENT], 20, 2),
        ([CONTENT], 20, 0),
    ],
)
def test_hidden_reasoning_is_found(deltas, tokens, silent):
    hidden = stream(deltas, tokens).hidden
    assert (hidden.silent_chunks, hidden.reasoning_tokens) == (silent, tokens)


@pytest.mark.parametrize(
    ("deltas", "tokens"), [([SHOWN, CONTENT], 20), ([SHOWN, SHOWN, SILENT, CONTENT], 2), ([SILENT, CONTENT], 0)]
)
def test_reasoning_that_is_all_shown_or_not_counted_hides_nothing(deltas, tokens):
    assert stream(deltas, tokens).hidden is None


def test_silence_after_the_first_output_is_not_reasoning():
    assert stream([SHOWN, CONTENT, SILENT], 9).hidden is None
