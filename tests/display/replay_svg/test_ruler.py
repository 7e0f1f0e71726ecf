from viewer.display.replay_svg.ruler import Tick, ticks


def test_ticks_are_in_steps_of_1_2_or_5():
    assert [one.label for one in ticks(1.96, 8, "seconds")] == ["0 s", "0.5 s", "1.0 s", "1.5 s"]
    assert [one.label for one in ticks(140, 8, "seconds")] == [
        "0 s",
        "20 s",
        "40 s",
        "1:00",
        "1:20",
        "1:40",
        "2:00",
        "2:20",
    ]


def test_chunks_are_counted_in_whole_numbers():
    assert ticks(3, 8, "chunks") == [Tick(0, "0"), Tick(1, "1"), Tick(2, "2"), Tick(3, "3")]
    assert [one.label for one in ticks(1733, 8, "chunks")] == ["0", "500", "1,000", "1,500"]
