"""Write the table of chunks."""

import argparse
import sys
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_file, add_output, open_file, pick_stream, write_output
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    import pandas as pd

HELP = "write the table of chunks, a row for each thing that an event adds"
FORMATS = ("csv", "jsonl", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --interaction, --kind, --format and --to."""
    parser.description = (
        "Write the table of chunks, a row for each thing that an event adds, of all streams unless --interaction names one."
        " The columns, with dtype and unit, stand in viewer/schema.py."
    )
    add_file(parser)
    parser.add_argument(
        "--kind", action="append", metavar="KIND", help="only rows of this kind, such as content; may be given again"
    )
    parser.add_argument("--format", choices=FORMATS, default="csv", help="the format (default csv)")
    add_output(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write the rows that were asked for."""
    from viewer.types.chunk_table import KINDS  # noqa: PLC0415 - pandas, which help need not wait for

    unknown = [kind for kind in chosen.kind or () if kind not in KINDS]
    if unknown:
        sys.stderr.write(f"cassette-viewer: there is no kind {unknown[0]!r}; the kinds are {', '.join(KINDS)}.\n")
        return 2
    on_terminal = chosen.to is None and sys.stdout.isatty()
    if on_terminal and chosen.format == "parquet":
        sys.stderr.write("cassette-viewer: parquet is no text; name a file by --to.\n")
        return 2
    cassette = open_file(chosen.file)
    # Which stream a row belongs to stands in it, so that several need no choice.
    rows = cassette.chunks if chosen.interaction is None else pick_stream(cassette, chosen.interaction).chunks
    if chosen.kind:
        rows = rows[rows["kind"].isin(chosen.kind)]
    write_output(chosen.to, _written(rows, chosen.format, on_terminal=on_terminal))
    return 0


def _written(rows: "pd.DataFrame", as_format: str, *, on_terminal: bool) -> bytes:
    from viewer.text.safe import visible, well_formed  # noqa: PLC0415 - as above
    from viewer.types.chunk_table import PYTHON_TEXT  # noqa: PLC0415

    if on_terminal or rows["text"].dtype == PYTHON_TEXT:
        shown = visible if on_terminal else well_formed
        rows = rows.assign(text=[shown(text) for text in rows["text"]]).astype({"text": "string"})
    if as_format == "parquet":
        try:
            data: bytes = rows.to_parquet(index=False)
        except ImportError as error:
            raise CassetteError("parquet", "cannot be written without pyarrow.", "Install it, or use csv.") from error
        return data
    if as_format == "jsonl":
        return rows.to_json(orient="records", lines=True, force_ascii=False, double_precision=15).encode()
    return rows.to_csv(index=False, lineterminator="\n").encode()
