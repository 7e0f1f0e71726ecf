"""The command `record`: record streams with the arrival time of every event."""

import argparse
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_examples
from viewer.cli.following import add_follow_arguments, following
from viewer.cli.output import Status, fail, log, warn

if TYPE_CHECKING:
    from viewer.recorder.live.recorded import Place
    from viewer.recorder.sdk_variables import Plan
    from viewer.recorder.tally import Tally
    from viewer.recorder.upstreams import Upstreams

HELP = "record streams with the arrival time of every event"
_PORT = 8800
_MAX_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add CMD, --upstream, --to, --port, --host, --no-redact, --follow and --no-browser."""
    parser.description = (
        "Forward requests to an upstream and write a go-vcr cassette for each, with the arrival time of every event."
        " Use its address as the base URL of any SDK, or name a program after --: its SDKs find the address in"
        " variables such as OPENAI_BASE_URL. Secrets are forwarded but not written."
    )
    add_examples(
        parser,
        "--to cassettes -- python agent.py",
        "--to cassettes --upstream https://api.openai.com",
        "--to cassettes --upstream openai=https://api.openai.com --upstream anthropic=https://api.anthropic.com",
    )
    parser.add_argument(
        "program",
        nargs="*",
        metavar="CMD",
        help="a program and its arguments, after --; the recorder ends with it, and with its exit status",
    )
    parser.add_argument(
        "--upstream",
        action="append",
        default=[],
        metavar="[NAME=]URL",
        help="where to send requests, such as https://api.openai.com; can be repeated with a NAME before each,"
        " such as openai=https://api.openai.com, which is then the first part of the path",
    )
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="the folder to write cassettes to")
    parser.add_argument(
        "--port", type=int, help=f"the port to listen on (default: {_PORT}; with CMD, one that is free)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument(
        "--no-redact",
        action="store_true",
        help="write bodies as they are; headers and URL parameters that carry secrets are still not written",
    )
    add_follow_arguments(parser)


def run(chosen: argparse.Namespace) -> int:
    """Record until Ctrl-C, or until a program ends."""
    # Only this command needs these modules.
    from viewer.recorder.upstreams import parse_upstreams  # noqa: PLC0415

    if chosen.port is not None and not 0 <= chosen.port <= _MAX_PORT:
        return fail(f"the port must be a number up to {_MAX_PORT}, not {chosen.port}.")
    try:
        upstreams = parse_upstreams(chosen.upstream)
        if chosen.program:
            return _record_program(chosen, upstreams)
        if not upstreams:
            return fail("name where to send requests with --upstream URL, or a program to record after --.")
        return _record(chosen, upstreams)
    except ValueError as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"the recorder cannot start: {error}.")


def _record(chosen: argparse.Namespace, upstreams: dict[str, str]) -> int:
    """Record until Ctrl-C."""
    from viewer.cli.background_log import background_log  # noqa: PLC0415 - as above
    from viewer.playback.listening import address_of, listen  # noqa: PLC0415 - as above
    from viewer.recorder.proxy import recorder_app  # noqa: PLC0415 - as above
    from viewer.recorder.serving import serve_until_stopped  # noqa: PLC0415 - as above

    with listen(chosen.host, _PORT if chosen.port is None else chosen.port) as listening:
        places = _places(address_of(listening), upstreams)
        shown = ", ".join(place.upstream for place in places)
        with following(chosen, shown, places) as watchers, background_log() as note:
            app = recorder_app(upstreams, chosen.to, redact=not chosen.no_redact, log=note, watchers=watchers)
            uses = [f"{place.base} in place of {place.upstream}" for place in places]
            if len(uses) == 1:
                log(f"Recording {shown} to {chosen.to}. Use {uses[0]} in the base URL. Press Ctrl-C to stop.")
            else:
                log(f"Recording to {chosen.to}. Press Ctrl-C to stop. In the base URL, use")
                for use in uses:
                    log(f"  {use}")
            serve_until_stopped(app, listening)
    return Status.DONE


def _places(address: str, upstreams: "Upstreams") -> list["Place"]:
    """Return each base URL of the recorder, with the upstream that it stands for."""
    from viewer.recorder.live.recorded import Place  # noqa: PLC0415 - as above
    from viewer.recorder.upstreams import base_url, shown_url  # noqa: PLC0415 - as above

    return [Place(base_url(address, name), shown_url(url)) for name, url in upstreams.items()]


def _record_program(chosen: argparse.Namespace, given: dict[str, str]) -> int:
    """Record what one program requests, and return its exit status."""
    from viewer.recorder.program import ProgramError, run_program  # noqa: PLC0415 - as above
    from viewer.recorder.sdk_variables import plan_variables  # noqa: PLC0415 - as above
    from viewer.recorder.tally import Tally  # noqa: PLC0415 - as above

    plan, tally = plan_variables(os.environ, given), Tally()
    # The program may draw on the whole terminal, so nothing else is written to it meanwhile.
    lines: list[str] = []
    with _serving(chosen, plan.upstreams, lines.append, tally) as address:
        log(f"Recording {_name(chosen)} to {chosen.to}: its SDKs send their requests to {address}.")
        for name in plan.left:
            warn(f"{name} stays as it is, because it is not an http or https address.")
        try:
            status = run_program(chosen.program, plan.environment(os.environ, address))
        except ProgramError as error:
            warn(str(error))
            return error.status
    for line in (*lines, *_summary(chosen, plan, tally)):
        log(line)
    return status


@contextlib.contextmanager
def _serving(
    chosen: argparse.Namespace, upstreams: "Upstreams", note: Callable[[str], None], tally: "Tally"
) -> Iterator[str]:
    """Serve the recorder while a program runs, and yield its address."""
    from viewer.playback.listening import address_of, listen  # noqa: PLC0415 - as above
    from viewer.recorder.proxy import recorder_app  # noqa: PLC0415 - as above
    from viewer.recorder.serving import serving  # noqa: PLC0415 - as above

    with listen(chosen.host, chosen.port or 0) as listening:
        address = address_of(listening)
        with following(chosen, _name(chosen)) as watchers:
            redact = not chosen.no_redact
            app = recorder_app(upstreams, chosen.to, redact=redact, log=note, tally=tally, watchers=watchers)
            with serving(app, listening):
                yield address


def _name(chosen: argparse.Namespace) -> str:
    return Path(chosen.program[0]).name


def _summary(chosen: argparse.Namespace, plan: "Plan", tally: "Tally") -> list[str]:
    """Return what was recorded where, or why nothing was."""
    from viewer.text.words import counted  # noqa: PLC0415 - as above

    program = _name(chosen)
    if not tally.requests:
        return [
            (
                f"{program} sent no request through the recorder, so nothing was recorded. Its SDK may set a base URL itself,"
                f" or read none of these variables: {', '.join(plan.paths)}."
            )
        ]
    places = ", ".join(f"{counted(count, 'request')} to {name}" for name, count in tally.requests.most_common())
    lines = [f"{program} sent {places}. {counted(tally.recorded, 'cassette')} written to {chosen.to}."]
    if tally.lost:
        lines.append(f"{counted(tally.lost, 'response')} could not be recorded, as said above.")
    return lines
