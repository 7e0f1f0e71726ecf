"""The command `replay`: play a stream of each recording in the terminal."""

import argparse
import math
import shutil
import sys

from viewer.cli.arguments import (
    add_choice,
    add_examples,
    add_files,
    add_interaction,
    add_think_tags,
    check_choice,
    pick_stream,
)
from viewer.cli.inputs import find_inputs
from viewer.cli.output import Headings, is_coloured

HELP = "play a stream in the terminal at its recorded speed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, --interaction, --think-tags, --choice, --speed, --idle-limit and --instant."""
    parser.description = (
        "Play a stream in the terminal at its recorded speed, with reasoning dim and tool calls coloured."
        " If the recording has no times, it says so and plays at a nominal pace. Several recordings play one after the other."
    )
    add_examples(parser, "recording.yaml", "recording.yaml --speed 2 --idle-limit 1", "recordings/ --instant")
    add_files(parser)
    add_interaction(parser)
    add_think_tags(parser)
    add_choice(parser)
    parser.add_argument(
        "--speed", type=_positive, default=1.0, metavar="X", help="how many times as fast as recorded (default: 1)"
    )
    parser.add_argument("--idle-limit", type=_positive, metavar="S", help="cut pauses to at most S recorded seconds")
    parser.add_argument("--instant", action="store_true", help="write everything at once")


def run(chosen: argparse.Namespace) -> int:
    """Play a stream of each recording to its end, or until Ctrl-C."""
    from viewer.cli.play import play  # noqa: PLC0415 - takes longer than --help may take
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415 - as above
    from viewer.display.terminal import timed_outputs  # noqa: PLC0415 - as above

    inputs = find_inputs(chosen.files)
    headings = Headings(wanted=not inputs.is_single)

    def play_one(opened: Opened) -> None:
        stream = pick_stream(opened.cassette, chosen.interaction)
        check_choice(stream, chosen.choice)
        headings.write(opened.file.shown)
        frames = timed_outputs(
            stream,
            chosen.choice,
            columns=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
            coloured=is_coloured(),
        )
        play(
            frames,
            _write,
            speed=math.inf if chosen.instant else chosen.speed,
            idle_limit_s=chosen.idle_limit,
        )

    return for_each(inputs, play_one, think_tags=chosen.think_tags)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value
