"""Write a recorded file without its secrets."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.redaction.findings import Finding

HELP = "write a recorded file without its secrets"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is read, where the result goes, and what goes beside the secrets."""
    parser.description = (
        "Write a recorded file without its secrets, in the recorder's own format, and say on stderr what was found."
        " Each character that goes becomes a mark, so that times, chunks and lengths stay."
    )
    parser.add_argument("file", metavar="FILE", help="the recorded file, or - for stdin")
    parser.add_argument("--to", default="-", metavar="OUT", help="where it is written (default -, stdout)")
    parser.add_argument("--paths", action="store_true", help="also strike names of people in paths, such as /home/NAME")
    parser.add_argument("--emails", action="store_true", help="also strike e-mail addresses")
    parser.add_argument(
        "--metrics-only", action="store_true", help="strike all texts, and keep sizes, times and tokens; writes go-vcr"
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="ID",
        help="a finding that stays, by the name that --list gives it",
    )
    parser.add_argument("--go-vcr", action="store_true", help="write a go-vcr cassette, whatever the file is")
    parser.add_argument("--list", action="store_true", help="only list what would go, on stdout")


def run(chosen: argparse.Namespace) -> int:
    """Write the file, or list what would go."""
    # What only this command needs.
    from viewer.redaction.cassette import Redaction, find_secrets  # noqa: PLC0415
    from viewer.redaction.files import redacted_file  # noqa: PLC0415
    from viewer.streams.loading import load  # noqa: PLC0415
    from viewer.types.problems import CassetteError  # noqa: PLC0415

    options = Redaction(
        personal_paths=chosen.paths,
        emails=chosen.emails,
        metrics_only=chosen.metrics_only,
        keep=frozenset(chosen.keep),
    )
    try:
        data, name = _read(chosen.file)
        if chosen.list:
            sys.stdout.write(
                "".join(f"{line}\n" for line in _lines(find_secrets(load(data, name), options), options.keep))
            )
            return 0
        if chosen.to != "-" and chosen.file != "-" and Path(chosen.to).resolve() == Path(chosen.file).resolve():
            return _refuse(f"{chosen.to}: it would be written over the recording; name another file.")
        written, findings = redacted_file(data, name, options, anew=chosen.go_vcr)
        _write(written, chosen.to)
    except CassetteError as error:
        advice = " (--go-vcr does)" if "go-vcr" in error.advice else ""
        return _refuse(f"{error}{advice}")
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}.")
    for line in _lines(findings, options.keep):
        sys.stderr.write(f"{line}\n")
    return 0


def _read(file: str) -> tuple[bytes, str]:
    if file == "-":
        return sys.stdin.buffer.read(), "stdin"
    path = Path(file)
    return path.read_bytes(), path.name


def _write(written: bytes, to: str) -> None:
    if to == "-":
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
    else:
        Path(to).write_bytes(written)


def _lines(findings: list["Finding"], keep: frozenset[str]) -> list[str]:
    if not findings:
        return ["No secret was found."]
    lines = []
    for one in findings:
        kept = "  kept" if one.id in keep else ""
        lines.append(f"{one.id:<24} {one.preview:<8} {one.count:>4} times  {one.where}{kept}")
    unknown = sorted(keep - {one.id for one in findings})
    return lines + [f"There is no finding {name!r}." for name in unknown]


def _refuse(message: str) -> int:
    sys.stderr.write(f"cassette-viewer: {message}\n")
    return 2
