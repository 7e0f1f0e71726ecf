"""The command `open`: show recordings in the browser."""

import argparse
import time
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_examples, file_name
from viewer.cli.output import Status, fail, warn
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    from viewer.pages.server.handover_message import Asked

HELP = "show recordings in the browser"
_MAX_PORT = 65_535
_STARTS_WITHIN_S = 5.0
_LOOKS_EVERY_S = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, what to show of it, and where."""
    parser.description = "Show recordings in the browser, until Ctrl-C. If a viewer runs for you already, it shows them, and this command ends."
    add_examples(
        parser, "recording.yaml", "recordings/", "before.yaml after.yaml --compare", "https://example.com/recording.har"
    )
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        type=file_name,
        help="a recording, an archive, a folder, or an http or https address; - reads standard input."
        " The first file is shown and all are listed; without any, the start page is shown",
    )
    parser.add_argument("--interaction", type=int, metavar="N", help="show this interaction, counted from 0")
    parser.add_argument("--event", type=int, metavar="N", help="select this event of it, counted from 0")
    parser.add_argument(
        "--compare", action="store_true", help="compare the files, two to six, instead of showing the first"
    )
    parser.add_argument("--library", type=file_name, metavar="DIR", help="list the recordings of this folder too")
    parser.add_argument(
        "--port", type=int, metavar="N", help="the port to listen on (default: from 8501, the first that is free)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only write the address")


def run(chosen: argparse.Namespace) -> int:
    """Show the files in the viewer that runs, or in a new one."""
    # Only this command needs these modules.
    from viewer.cli.opening.ports import free_port, is_free  # noqa: PLC0415
    from viewer.cli.opening.running import this_build  # noqa: PLC0415
    from viewer.cli.opening.starting import PortTakenError, start  # noqa: PLC0415

    port: int | None = chosen.port
    if port is not None and not 0 < port <= _MAX_PORT:
        return fail(f"the port must be a number from 1 to {_MAX_PORT}, not {port}.")
    asked, is_complete = _asked(chosen)
    if asked is None:
        return Status.FAILED
    build, with_browser = this_build(), not chosen.no_browser
    status = _show_in_running(build, port, asked, with_browser=with_browser)
    if status is None and port is not None and not is_free(port):
        return fail(f"port {port} is taken. Name another with --port, or leave it out.")
    if status is None:
        try:
            status = start(port or free_port(), build, asked, with_browser=with_browser)
        except PortTakenError as error:
            # Of two calls in the same moment, one starts the viewer, and the other finds it a little later.
            status = _show_when_it_runs(build, port, asked, with_browser=with_browser)
            if status is None:
                return fail(f"{error} Run the command again.")
    return status if is_complete else Status.FAILED


def _show_in_running(build: str, port: int | None, asked: "Asked", *, with_browser: bool) -> int | None:
    """Show the files in the viewer that runs for this user, at this port if there is one. Return None if none runs."""
    from viewer.cli.opening.browser import open_browser  # noqa: PLC0415 - as above
    from viewer.cli.opening.handing import hand_over  # noqa: PLC0415 - as above
    from viewer.cli.opening.running import find_running  # noqa: PLC0415 - as above
    from viewer.cli.opening.starting import NO_BROWSER, say_where  # noqa: PLC0415 - as above

    running = find_running(build)
    if not running or port not in (None, running.port) or not (answer := hand_over(running, asked)):
        return None
    for line in answer.refused:
        warn(line)
    if answer.path:
        address = running.address + answer.path
        say_where("The viewer that runs already shows it", address)
        if with_browser and not open_browser(address):
            warn(NO_BROWSER)
    return Status.FAILED if answer.refused else Status.DONE


def _show_when_it_runs(build: str, port: int | None, asked: "Asked", *, with_browser: bool) -> int | None:
    """Do the same with a viewer that is just starting."""
    end_s = time.monotonic() + _STARTS_WITHIN_S
    while (status := _show_in_running(build, port, asked, with_browser=with_browser)) is None:
        if time.monotonic() > end_s:
            return None
        time.sleep(_LOOKS_EVERY_S)
    return status


def _asked(chosen: argparse.Namespace) -> tuple["Asked | None", bool]:
    """Return what to open, or None if nothing can be, and whether everything can. Say what cannot."""
    from viewer.cli.opening.sources import folder_path, read_source  # noqa: PLC0415 - as above
    from viewer.files.entries import Named  # noqa: PLC0415 - as above
    from viewer.pages.server.handover_message import Asked  # noqa: PLC0415 - as above
    from viewer.pages.server.limits import limits  # noqa: PLC0415 - as above

    sources: list[str | Named] = []
    refused = 0
    try:
        library = folder_path(chosen.library) if chosen.library else ""
        allowed = limits().folders
    except (CassetteError, ValueError) as error:
        warn(str(error))
        return None, False
    for argument in chosen.files:
        try:
            sources.append(read_source(argument, allowed))
        except CassetteError as error:
            warn(str(error))
            refused += 1
    if chosen.files and not sources:
        return None, False
    return Asked(tuple(sources), library, chosen.interaction, chosen.event, chosen.compare), not refused
