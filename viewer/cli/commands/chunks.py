"""The command `chunks`: write the chunk table of a recording."""

import argparse
import sys
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_file, add_output, pick_stream
from viewer.cli.files import open_file, refuse_overwrite, write_output
from viewer.cli.output import fail
from viewer.cli.redaction import add_optional_redaction, outgoing_of
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    import pandas as pd

HELP = "write the chunk table, one row for each thing an event adds"
FORMATS = ("csv", "jsonl", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --interaction, --think-tags, --kind, --format, --to and what to remove."""
    parser.description = (
        "Write the chunk table, one row for each thing an event adds. It has the chunks of all streams unless --interaction"
        " names one. viewer/types/chunk_table.py lists the columns with dtype and unit. Secrets are removed unless"
        " --no-redact keeps them."
    )
    add_file(parser)
    parser.add_argument(
        "--kind", action="append", metavar="KIND", help="only chunks of this kind, such as content; can be repeated"
    )
    parser.add_argument("--format", choices=FORMATS, default="csv", help="the format (default: csv)")
    add_output(parser)
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write the chosen chunks."""
    from viewer.types.chunk_table import KINDS  # noqa: PLC0415 - imports numpy, which --help does not need

    unknown = [kind for kind in chosen.kind or () if kind not in KINDS]
    if unknown:
        return fail(f"there is no kind {unknown[0]!r}; the kinds are {', '.join(KINDS)}.")
    on_terminal = chosen.to is None and sys.stdout.isatty()
    if on_terminal and chosen.format == "parquet":
        return fail("Parquet is binary and is not written to a terminal; name a file with --to.")
    refuse_overwrite(chosen.file, chosen.to)
    # Its chunks are checked, so that the table needs no check of its own. Parquet packs it.
    cassette = outgoing_of(open_file(chosen.file, think_tags=chosen.think_tags), chosen).cassette
    # Each row names its interaction, so several streams need no choice.
    chunks = cassette.chunks if chosen.interaction is None else pick_stream(cassette, chosen.interaction).chunks
    if chosen.kind:
        chunks = chunks[chunks["kind"].isin(chosen.kind)]
    write_output(chosen.to, _encode(chunks, chosen.format, on_terminal=on_terminal))
    return 0


def _encode(chunks: "pd.DataFrame", as_format: str, *, on_terminal: bool) -> bytes:
    from viewer.streams.chunk_frame import PYTHON_TEXT  # noqa: PLC0415 - imports pandas, as above
    from viewer.text.safe import visible, well_formed  # noqa: PLC0415 - only this function needs it

    if on_terminal or chunks["text"].dtype == PYTHON_TEXT:
        clean = visible if on_terminal else well_formed
        chunks = chunks.assign(text=[clean(text) for text in chunks["text"]]).astype({"text": "string"})
    if as_format == "parquet":
        try:
            data: bytes = chunks.to_parquet(index=False)
        except ImportError as error:
            raise CassetteError("parquet", "cannot be written without pyarrow.", "Install it, or use csv.") from error
        return data
    if as_format == "jsonl":
        return chunks.to_json(orient="records", lines=True, force_ascii=False, double_precision=15).encode()
    return chunks.to_csv(index=False, lineterminator="\n").encode()
