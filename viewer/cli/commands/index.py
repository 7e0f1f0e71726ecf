"""The command `index`: write the streams and chunks of many recordings as Parquet tables."""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_examples, file_name
from viewer.cli.files import STDIN
from viewer.cli.inputs import source_of
from viewer.cli.output import Status, fail, log, warn
from viewer.cli.redaction import add_optional_redaction, redaction_of

if TYPE_CHECKING:
    from viewer.files.entries import FolderLimits, Found

HELP = "write the streams and chunks of many recordings as Parquet tables"
_SECONDS_BETWEEN_LINES = 2.0
# Far above any corpus, since the tables are written as the recordings are read: only a decompression bomb exceeds this.
_MAX_RECORDINGS = 10_000_000
_MAX_UNPACKED_BYTES = 1 << 36


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add SRC…, --to, --processes and what to remove."""
    parser.description = (
        "Read every recording in folders, in archives and at addresses (s3://…, with the extra corpus), and write their"
        " streams and chunks as Parquet tables. Recordings that have not changed since an earlier run are not read again."
        " Secrets are removed unless --no-redact keeps them. All other text is as recorded."
    )
    add_examples(parser, "recordings/ --to tables/", "2025.zip 2026/ --to tables/ --processes 2")
    parser.add_argument(
        "sources",
        metavar="SRC",
        type=file_name,
        nargs="+",
        help="a folder, an archive, a recording or an address; - reads standard input",
    )
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
    from viewer.files.entries import FolderLimits  # noqa: PLC0415
    from viewer.library.index import Progress, write_index  # noqa: PLC0415
    from viewer.text.words import counted  # noqa: PLC0415

    options = redaction_of(chosen)
    limits = FolderLimits(members=_MAX_RECORDINGS, total_bytes=_MAX_UNPACKED_BYTES)
    if chosen.processes < 1:
        return fail(f"--processes must be at least 1, not {chosen.processes}.")
    gone = [source for source in chosen.sources if _is_gone(source)]
    for source in gone:
        warn(f"{source}: there is no such file or folder.")
    if len(gone) == len(chosen.sources):
        return Status.FAILED
    found = _found([source for source in chosen.sources if source not in gone], limits)
    progress = Progress(0, 0, 0, 0)
    last_line_s = time.monotonic()
    try:
        for progress in write_index(found, chosen.to, processes=chosen.processes, redact=options or False):
            if time.monotonic() - last_line_s > _SECONDS_BETWEEN_LINES:
                last_line_s = time.monotonic()
                log(f"{counted(progress.done, 'recording')} done")
    except OSError as error:
        return fail(f"{chosen.to}: cannot be written: {error.strerror or error}.")
    if not progress.done:
        return fail(f"{', '.join(chosen.sources)}: no recordings were found.")
    log(
        f"{counted(progress.done, 'recording')}: {progress.read:,} read, {progress.done - progress.read:,} unchanged;"
        f" {progress.unreadable:,} cannot be shown (unreadable.parquet says why),"
        f" {counted(progress.skipped, 'other file')} skipped. Tables: {chosen.to}"
    )
    return Status.FAILED if gone else Status.DONE


def _is_gone(source: str) -> bool:
    from viewer.files.buckets import is_address  # noqa: PLC0415 - only this command needs it

    return source != STDIN and not is_address(source) and not Path(source).exists()


def _found(sources: Sequence[str], limits: "FolderLimits") -> "Iterator[Found]":
    """Yield what all sources hold, one source after the other."""
    from viewer.files.buckets import is_address, remote_members  # noqa: PLC0415 - only this command needs them
    from viewer.files.folders import members  # noqa: PLC0415 - as above

    for source in sources:
        yield from (
            remote_members(source, limits) if is_address(source) else members(source_of(source, limits), limits=limits)
        )
