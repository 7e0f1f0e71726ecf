"""Which columns of the chunk table are shown."""

import json

import viewer
from viewer.display.chunk_columns import columns_to_show


def test_constant_columns_are_left_out(seed_stream):
    shown = columns_to_show(seed_stream)
    assert shown[:3] == ["event", "kind", "text"]
    assert not {"choice", "tool", "grade"} & set(shown)


def test_bounds_are_shown_only_if_they_differ_from_the_times(seed_stream):
    assert {"t_low", "t_high"} <= set(columns_to_show(seed_stream))
    [paced] = viewer.load(b'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n' * 3, "a.sse").streams
    assert paced.timing.grade == "paced"
    # A time that was not recorded is not shown either.
    assert not {"t", "t_low", "t_high"} & set(columns_to_show(paced))


def test_a_stream_of_several_choices_has_a_choice_column():
    body = "".join(
        f"data: {json.dumps({'choices': [{'index': choice, 'delta': {'content': 'x'}}]})}\n\n" for choice in (0, 1)
    )
    [stream] = viewer.load(body.encode(), "a.sse").streams
    assert "choice" in columns_to_show(stream)
