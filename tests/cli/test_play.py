import math

import pytest

from viewer.cli.play import play
from viewer.display.terminal import TimedOutput

FRAMES = [TimedOutput(0.5, "a"), TimedOutput(1.0, "b"), TimedOutput(11.0, "\x1b[2mc")]


class Wall:
    """A clock that only sleeping and writing advance."""

    def __init__(self, writing_s=0.0):
        self.now = 100.0
        self.writing_s = writing_s
        self.written = []

    def clock(self):
        return self.now

    def sleep(self, s):
        assert s > 0
        self.now += s

    def write(self, text):
        self.written.append((round(self.now - 100, 6), text))
        self.now += self.writing_s


@pytest.mark.parametrize(
    ("how", "times"),
    [
        ({}, [0.5, 1.0, 11.0]),
        ({"speed": 2}, [0.25, 0.5, 5.5]),
        ({"speed": 0.5}, [1.0, 2.0, 22.0]),
        ({"idle_limit_s": 1}, [0.5, 1.0, 2.0]),
        ({"idle_limit_s": 1, "speed": 2}, [0.25, 0.5, 1.0]),
        ({"speed": math.inf}, [0.0, 0.0, 0.0]),
    ],
)
def test_each_frame_is_written_when_it_is_due(how, times):
    wall = Wall()
    play(FRAMES, wall.write, clock=wall.clock, sleep=wall.sleep, **how)
    assert wall.written == list(zip(times, ["a", "b", "\x1b[2mc"], strict=True))


def test_the_time_for_writing_does_not_add_up():
    wall = Wall(writing_s=0.2)
    play(FRAMES, wall.write, clock=wall.clock, sleep=wall.sleep)
    assert [t for t, _ in wall.written] == [0.5, 1.0, 11.0]


def test_ctrl_c_resets_the_style_of_the_terminal():
    wall = Wall()

    def stopped(_s):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(FRAMES, wall.write, clock=wall.clock, sleep=stopped)
    assert [text for _, text in wall.written] == ["\x1b[0m\n"]
