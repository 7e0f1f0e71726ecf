"""Record streams with the arrival time of every event."""

import argparse
import sys
from pathlib import Path

HELP = "record streams with the arrival time of every event"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where requests go, where cassettes are written, and where to listen."""
    parser.description = (
        "Pass requests on to an upstream and write a go-vcr cassette for each, with the arrival time of every event."
        " Point the base URL of any SDK at it. Headers that carry secrets are passed on and never written."
    )
    parser.add_argument(
        "--upstream", required=True, metavar="URL", help="where requests go, such as https://api.openai.com"
    )
    parser.add_argument(
        "--to", required=True, type=Path, metavar="DIR", help="the folder that cassettes are written to"
    )
    parser.add_argument("--port", type=int, default=8800, help="the port to listen on (default 8800)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default this machine only)")


def run(chosen: argparse.Namespace) -> int:
    """Record until Ctrl-C."""
    upstream: str = chosen.upstream
    if not upstream.startswith(("http://", "https://")):
        sys.stderr.write(f"cassette-viewer: the upstream must be an http or https address, not {upstream!r}.\n")
        return 2
    # What only this command needs.
    import uvicorn  # noqa: PLC0415

    from viewer.cli.recorder import recorder_app  # noqa: PLC0415
    from viewer.text.masks import masked_url  # noqa: PLC0415

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    shown = masked_url(upstream)
    say(
        f"Recording {shown} to {chosen.to}. In the base URL put http://{chosen.host}:{chosen.port} for {shown};"
        " end with Ctrl-C."
    )
    uvicorn.run(
        recorder_app(upstream, chosen.to, said=say),
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        access_log=False,
        # The upstream's own stand in what is passed on.
        server_header=False,
        date_header=False,
        # Ctrl-C ends a recording that still runs, and writes what came of it.
        timeout_graceful_shutdown=2,
    )
    return 0
