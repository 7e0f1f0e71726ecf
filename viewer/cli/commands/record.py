"""The command `record`: record streams with the arrival time of every event."""

import argparse
from pathlib import Path

from viewer.cli.arguments import add_examples
from viewer.cli.output import Status, fail, log

HELP = "record streams with the arrival time of every event"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --upstream, --to, --port, --host and --no-redact."""
    parser.description = (
        "Forward requests to an upstream and write a go-vcr cassette for each, with the arrival time of every event."
        " Use its address as the base URL of any SDK. Secrets are forwarded but not written."
    )
    add_examples(parser, "--upstream https://api.openai.com --to cassettes")
    parser.add_argument(
        "--upstream", required=True, metavar="URL", help="where to send requests, such as https://api.openai.com"
    )
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="the folder to write cassettes to")
    parser.add_argument("--port", type=int, default=8800, help="the port to listen on (default: 8800)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument(
        "--no-redact",
        action="store_true",
        help="write bodies as they are; headers and URL parameters that carry secrets are still not written",
    )


def run(chosen: argparse.Namespace) -> int:
    """Record until Ctrl-C."""
    upstream: str = chosen.upstream
    if not upstream.startswith(("http://", "https://")):
        return fail(f"the upstream must be an http or https address, not {upstream!r}.")
    # Only this command needs these modules.
    import uvicorn  # noqa: PLC0415

    from viewer.recorder.proxy import recorder_app  # noqa: PLC0415
    from viewer.redaction.cassette import Redaction, rules_for  # noqa: PLC0415
    from viewer.redaction.interactions import redact_url  # noqa: PLC0415

    shown = redact_url(upstream, rules_for(Redaction()), "")
    log(
        f"Recording {shown} to {chosen.to}. Use http://{chosen.host}:{chosen.port} in place of {shown} in the base URL."
        " Press Ctrl-C to stop."
    )
    uvicorn.run(
        recorder_app(upstream, chosen.to, redact=not chosen.no_redact, log=log),
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        access_log=False,
        # The upstream's own headers are forwarded.
        server_header=False,
        date_header=False,
        # Ctrl-C ends a recording that is still running, and writes what has arrived.
        timeout_graceful_shutdown=2,
    )
    return Status.DONE
