"""The command `index`: write the streams and chunks of many recordings as Parquet tables."""

import argparse
import os
import time
from pathlib import Path

from viewer.cli.output import fail, log
from viewer.cli.redaction import add_optional_redaction, redaction_of

HELP = "write the streams and chunks of many recordings as Parquet tables"
_SECONDS_BETWEEN_LINES = 2.0
# Far above any corpus, since the tables are written as the recordings are read: only a decompression bomb exceeds this.
_MAX_RECORDINGS = 10_000_000
_MAX_UNPACKED_BYTES = 1 << 36


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add SRC, --to, --processes and what to remove."""
    parser.description = (
        "Read every recording in a folder, in an archive or at an address (s3://…, with the extra corpus), and write their"
        " streams and chunks as Parquet tables. Recordings that have not changed since an earlier run are not read again."
        " Secrets are removed unless --no-redact keeps them. All other text is as recorded."
    )
    parser.add_argument("source", metavar="SRC", help="a folder, an archive, a recording or an address")
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="the folder to write the tables to")
    parser.add_argument(
        "--processes",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many processes read (default: one per core)",
    )
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write the tables. Return 2 if there is no such source or the tables cannot be written."""
    # Only this command needs these modules.
    from viewer.files.buckets import is_address, remote_members  # noqa: PLC0415
    from viewer.files.entries import FolderLimits  # noqa: PLC0415
    from viewer.files.folders import members  # noqa: PLC0415
    from viewer.library.index import Progress, write_index  # noqa: PLC0415
    from viewer.text.words import counted  # noqa: PLC0415

    options = redaction_of(chosen)
    limits = FolderLimits(members=_MAX_RECORDINGS, total_bytes=_MAX_UNPACKED_BYTES)
    if chosen.processes < 1:
        return fail(f"--processes must be at least 1, not {chosen.processes}.")
    if is_address(chosen.source):
        found = remote_members(chosen.source, limits)
    elif Path(chosen.source).exists():
        found = members(chosen.source, limits=limits)
    else:
        return fail(f"{chosen.source}: there is no such file or folder.")
    progress = Progress(0, 0, 0, 0)
    last_line_s = time.monotonic()
    try:
        for progress in write_index(found, chosen.to, processes=chosen.processes, redact=options or False):
            if time.monotonic() - last_line_s > _SECONDS_BETWEEN_LINES:
                last_line_s = time.monotonic()
                log(f"{counted(progress.done, 'recording')} done")
    except OSError as error:
        return fail(f"{chosen.to}: cannot be written: {error.strerror or error}.")
    log(
        f"{counted(progress.done, 'recording')}: {progress.read:,} read, {progress.done - progress.read:,} unchanged;"
        f" {progress.unreadable:,} cannot be shown (unreadable.parquet says why),"
        f" {counted(progress.skipped, 'other file')} skipped. Tables: {chosen.to}"
    )
    return 0
