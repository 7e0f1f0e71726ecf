"""Write a recording as one HTML page."""

import argparse
import sys
from pathlib import Path

HELP = "write a recording as one HTML page that can be sent to anyone"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is read, where the page goes, and what is struck from it."""
    parser.description = (
        "Write a recording as one HTML page that opens offline: story, figures, replay, chunks, conversation, and the recording"
        " itself to save. Secrets are struck unless told otherwise; what was found is said on stderr."
    )
    parser.add_argument("file", metavar="FILE", help="the recorded file, or - for stdin")
    parser.add_argument("--to", metavar="OUT.html", help="where the page is written, - for stdout (default FILE.html)")
    struck = parser.add_mutually_exclusive_group()
    struck.add_argument("--no-redact", action="store_true", help="leave all in, secrets too")
    struck.add_argument(
        "--metrics-only", action="store_true", help="strike all texts, and keep sizes, times and tokens"
    )
    parser.add_argument("--paths", action="store_true", help="also strike names of people in paths, such as /home/NAME")
    parser.add_argument("--emails", action="store_true", help="also strike e-mail addresses")


def run(chosen: argparse.Namespace) -> int:
    """Write the page."""
    # What only this command needs.
    from viewer.display.report.report import report  # noqa: PLC0415
    from viewer.redaction.cassette import Redaction  # noqa: PLC0415
    from viewer.streams.loading import load  # noqa: PLC0415
    from viewer.types.problems import CassetteError  # noqa: PLC0415

    if chosen.no_redact and (chosen.paths or chosen.emails):
        return _refuse("--no-redact leaves all in: it goes with neither --paths nor --emails.")
    is_stdin = chosen.file == "-"
    to = chosen.to or ("-" if is_stdin else f"{chosen.file}.html")
    if to != "-" and not is_stdin and Path(to).resolve() == Path(chosen.file).resolve():
        return _refuse(f"{to}: the page would be written over the recording; name another file.")
    options = Redaction(personal_paths=chosen.paths, emails=chosen.emails, metrics_only=chosen.metrics_only)
    try:
        data = sys.stdin.buffer.read() if is_stdin else Path(chosen.file).read_bytes()
        # By its path where there is one: bodies may lie in files beside it.
        cassette = load(data, "stdin") if is_stdin else load(chosen.file)
        page = report(cassette, redact=False if chosen.no_redact else options, data=data).encode()
        if to == "-":
            sys.stdout.buffer.write(page)
            sys.stdout.buffer.flush()
        else:
            Path(to).write_bytes(page)
    except CassetteError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}.")
    if to != "-":
        sys.stderr.write(f"{to}: {len(page) / 1000:,.0f} kB.\n")
    return 0


def _refuse(message: str) -> int:
    sys.stderr.write(f"cassette-viewer: {message}\n")
    return 2
