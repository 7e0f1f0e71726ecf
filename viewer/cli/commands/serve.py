"""The command `serve`: play recordings back to real clients."""

import argparse
import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from viewer.cli.arguments import add_examples, add_files
from viewer.cli.files import write_output
from viewer.cli.inputs import find_inputs
from viewer.cli.output import Status, fail, log

if TYPE_CHECKING:
    from viewer.playback.faults.fault import Fault

HELP = "play recordings back to real clients at their recorded speed"

_DEFAULT_PORT = 8801
_SLOWEST, _FASTEST = 0.25, 16.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, --port, --host, --speed, --fault, --seed, --summary, --allow-origin and --no-redact."""
    parser.description = (
        "Answer requests with recorded responses: the same status, headers and bytes, each event at its recorded time."
        " Use its address as the base URL of any SDK, with any prefix. A request that was not recorded gets 404, with the nearest"
        " recorded one and what differs. Nothing is forwarded."
    )
    add_examples(
        parser,
        "recording.yaml",
        "recordings/ --speed instant",
        "recordings/ --fault status=429,times=1 --fault stall-at-event=10,for=30",
    )
    add_files(parser)
    parser.add_argument(
        "--port",
        type=int,
        default=_DEFAULT_PORT,
        help=f"the port to listen on; 0 takes a free one (default: {_DEFAULT_PORT})",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="X",
        help=f"from {_SLOWEST} to {_FASTEST:.0f} times as fast as recorded, or instant (default: 1)",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_faults,
        metavar="FAULT",
        help="let something go wrong, such as status=429,times=1 or cut-at-event=10; may be repeated",
    )
    parser.add_argument("--seed", type=int, default=0, help="decides what is random about faults (default: 0)")
    parser.add_argument(
        "--summary", type=Path, metavar="FILE", help="also write the summary at the end to this file, as JSON"
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        type=_origin,
        metavar="ORIGIN",
        help="let pages of this site read answers, such as http://localhost:3000; may be repeated",
    )
    parser.add_argument("--no-redact", action="store_true", help="serve secrets in responses as they were recorded")


def run(chosen: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    # Only this command needs these modules.
    from viewer.cli.background_log import background_log  # noqa: PLC0415
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415
    from viewer.cli.served_contents import contents, upstreams  # noqa: PLC0415
    from viewer.playback.access import limit_access  # noqa: PLC0415
    from viewer.playback.app import playback_app  # noqa: PLC0415
    from viewer.playback.listening import address_of, listen  # noqa: PLC0415
    from viewer.playback.playable import Playable, playables_of, refuse_unplayable  # noqa: PLC0415
    from viewer.playback.running import run_until_stopped  # noqa: PLC0415
    from viewer.playback.session.log import SessionLog  # noqa: PLC0415
    from viewer.playback.session.summary import summary, to_json  # noqa: PLC0415
    from viewer.redaction.cassette import Redaction  # noqa: PLC0415

    try:
        listening = listen(chosen.host, chosen.port)
    except OSError as error:
        return fail(
            f"cannot listen on {chosen.host}, port {chosen.port}: {_reason(error)}. Choose another with --port."
        )
    redaction = None if chosen.no_redact else Redaction()
    playables: list[Playable] = []

    def add(opened: Opened) -> None:
        playables.extend(playables_of(opened.cassette, redaction, opened.file.name))

    with listening:
        status = for_each(find_inputs(chosen.files), add)
        if status != Status.DONE and not playables:
            return status
        refuse_unplayable(playables)
        for line in contents(playables):
            log(line)
        log(f"Use {address_of(listening)} in place of {upstreams(playables)} in the base URL. Press Ctrl-C to stop.")
        session = SessionLog()
        faults = [fault for faults in chosen.fault for fault in faults]
        with background_log() as note:
            app = playback_app(
                playables, speed=chosen.speed, faults=faults, seed=chosen.seed, log=note, session=session
            )
            run_until_stopped(limit_access(app, chosen.host, chosen.allow_origin), listening)
            if chosen.summary:
                write_output(
                    chosen.summary, json.dumps(to_json(session), indent=2, ensure_ascii=False).encode() + b"\n"
                )
            for line in summary(session):
                note(line)
    return Status.DONE


def _faults(text: str) -> "tuple[Fault, ...]":
    from viewer.playback.faults.grammar import parse_faults  # noqa: PLC0415 - imports numpy, which --help does not need

    try:
        return parse_faults(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _origin(text: str) -> str:
    """Read an origin as browsers write it. Any other text would be equal to none, and so allow nothing."""
    if text in ("*", "null"):
        return text
    parts = urlsplit(text)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    if not (parts.scheme and parts.netloc) or text.lower().removesuffix("/") != origin:
        raise argparse.ArgumentTypeError(f"{text!r} is not the origin of a page, such as http://localhost:3000")
    return origin


def _speed(text: str) -> float:
    if text == "instant":
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not _SLOWEST <= value <= _FASTEST:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number from {_SLOWEST} to {_FASTEST:.0f} nor instant")
    return value


def _reason(error: OSError) -> str:
    # The message of a socket repeats the address. A host that is not found has no number of the system.
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
