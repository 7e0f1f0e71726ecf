import json

import viewer
from viewer.display.nodes import html
from viewer.display.token_bars import token_bars


def widths(nodes):
    """Return the width of each part of each bar, in percent."""
    bars = nodes[0][2:]
    return [{one[1]["class"]: float(one[1]["width"][:-1]) for one in bar[4][2:] if one[0] == "rect"} for bar in bars]


def test_the_parts_are_drawn_on_one_scale(seed_stream):
    bars = widths(token_bars(seed_stream, seed_stream.usage))
    assert [round(sum(bar.values()), 1) for bar in bars] == [100, round(100 * 160 / 213, 1)]
    assert round(bars[1]["fill hidden"], 1) == round(100 * 120 / 213, 1)
    written = html(token_bars(seed_stream, seed_stream.usage))
    assert "from cache 192" in written
    assert "reasoning, hidden 120" in written


def test_counts_that_do_not_add_up_are_still_drawn():
    usage = {
        "prompt_tokens": 5,
        "completion_tokens": 4,
        "total_tokens": 9,
        "completion_tokens_details": {"reasoning_tokens": 40},
    }
    body = json.dumps({"choices": [{"index": 0, "delta": {"content": "a"}}], "usage": usage})
    [stream] = viewer.load(f"data: {body}\n\n".encode()).streams
    assert all(0 < width <= 100 for bar in widths(token_bars(stream, stream.usage)) for width in bar.values())


def test_no_tokens_give_no_bars():
    body = json.dumps({"choices": [{"index": 0, "delta": {"content": "a"}}], "usage": {"prompt_tokens": 0}})
    [stream] = viewer.load(f"data: {body}\n\n".encode()).streams
    assert token_bars(stream, stream.usage) == []
