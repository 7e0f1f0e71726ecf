"""The command `index`: recordings in, Parquet tables out."""

import argparse
import os
import sys
import time
from pathlib import Path

from viewer.text.safe import visible_line

HELP = "write the streams and chunks of many recordings as Parquet tables"
_BETWEEN_LINES_S = 2.0
_MANY = 10_000_000
_MOST_UNPACKED_BYTES = 1 << 36


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.description = (
        "Read every recording in a folder, an archive or at an address (s3://…, with the extra corpus), and write their"
        " streams and chunks as Parquet tables. What is there from an earlier run and has not changed is not read again."
        " The tables hold recorded text as it stands: keep them as you keep the recordings."
    )
    parser.add_argument("source", metavar="SRC", help="a folder, an archive, a recording or an address")
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="the folder that tables are written to")
    parser.add_argument(
        "--processes",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many read at once (default: all cores)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Write the tables; 2 where the source is not there or they cannot be written."""
    # What only this command needs.
    from viewer.files.buckets import is_address, remote_members  # noqa: PLC0415
    from viewer.files.entries import FolderLimits  # noqa: PLC0415
    from viewer.files.folders import members  # noqa: PLC0415
    from viewer.library.index import Progress, write_index  # noqa: PLC0415
    from viewer.text.words import counted  # noqa: PLC0415
    from viewer.types.problems import CassetteError  # noqa: PLC0415

    limits = FolderLimits(members=_MANY, total_bytes=_MOST_UNPACKED_BYTES)
    if chosen.processes < 1:
        return _refused(f"--processes is 1 or more, not {chosen.processes}.")
    if not is_address(chosen.source) and not Path(chosen.source).exists():
        return _refused(f"there is no {chosen.source!r}.")
    found = (
        remote_members(chosen.source, limits) if is_address(chosen.source) else members(chosen.source, limits=limits)
    )
    progress = Progress(0, 0, 0, 0)
    said_s = time.monotonic()
    try:
        for progress in write_index(found, chosen.to, processes=chosen.processes):
            if time.monotonic() - said_s > _BETWEEN_LINES_S:
                said_s = time.monotonic()
                sys.stderr.write(f"{counted(progress.done, 'recording')} done\n")
                sys.stderr.flush()
    except CassetteError as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{chosen.to} cannot be written: {error.strerror or error}.")
    sys.stderr.write(
        f"{counted(progress.done, 'recording')}: {progress.read:,} read, {progress.done - progress.read:,} as they were;"
        f" {progress.unreadable:,} of them cannot be shown (unreadable.parquet says why),"
        f" {counted(progress.passed_over, 'other file')} passed over. Tables: {chosen.to}\n"
    )
    return 0


def _refused(reason: str) -> int:
    sys.stderr.write(f"cassette-viewer: {visible_line(reason)}\n")
    return 2
