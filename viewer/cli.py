"""The command line: `python -m viewer …`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 where it did what was asked, 2 where the words of the call are off."""
    parser = argparse.ArgumentParser(prog="python -m viewer", description="View recorded streams of language models.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    record = commands.add_parser(
        "record",
        help="record streams with the arrival time of every event",
        description="Pass requests on to an upstream and write a go-vcr cassette for each, with the arrival time of every event."
        " Point the base URL of any SDK at it. Headers that carry secrets are passed on and never written.",
    )
    record.add_argument(
        "--upstream", required=True, metavar="URL", help="where requests go, such as https://api.openai.com"
    )
    record.add_argument(
        "--to", required=True, type=Path, metavar="DIR", help="the folder that cassettes are written to"
    )
    record.add_argument("--port", type=int, default=8800, help="the port to listen on (default 8800)")
    record.add_argument("--host", default="127.0.0.1", help="the address to listen on (default this machine only)")
    chosen = parser.parse_args(arguments)
    return _record(chosen.upstream, chosen.to, chosen.host, chosen.port)


def _record(upstream: str, folder: Path, host: str, port: int) -> int:
    if not upstream.startswith(("http://", "https://")):
        sys.stderr.write(f"cassette-viewer: the upstream must be an http or https address, not {upstream!r}.\n")
        return 2
    # What only this command needs.
    import uvicorn  # noqa: PLC0415

    from viewer.record import recorder_app  # noqa: PLC0415
    from viewer.redact import masked_url  # noqa: PLC0415

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    shown = masked_url(upstream)
    say(f"Recording {shown} to {folder}. In the base URL put http://{host}:{port} for {shown}; end with Ctrl-C.")
    uvicorn.run(
        recorder_app(upstream, folder, said=say),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        # The upstream's own stand in what is passed on.
        server_header=False,
        date_header=False,
        # Ctrl-C ends a recording that still runs, and writes what came of it.
        timeout_graceful_shutdown=2,
    )
    return 0
