"""What may be drawn of a stream."""

from viewer.display.drawing import drawing_of


def test_no_rate_is_drawn_of_times_at_which_whole_parts_were_complete():
    stamped, of_parts = drawing_of("stamped"), drawing_of("stamped", marks_ends=True)
    assert (stamped.rate, stamped.live_rate, stamped.axis) == ("curve", True, "seconds")
    assert (of_parts.rate, of_parts.live_rate, of_parts.axis) == ("none", False, "seconds")
    assert drawing_of("measured", marks_ends=True) == drawing_of("measured")
