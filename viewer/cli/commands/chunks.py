"""The command `chunks`: write the chunk table of recordings."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_examples, add_files, add_interaction, add_think_tags, pick_stream
from viewer.cli.files import output_path, write_output
from viewer.cli.inputs import find_inputs
from viewer.cli.output import fail
from viewer.cli.redaction import add_optional_redaction, name_redactor, outgoing_of
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    import pandas as pd

HELP = "write the chunk table, one row for each thing an event adds"
FORMATS = ("csv", "jsonl", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, --interaction, --think-tags, --kind, --format, --to and what to remove."""
    parser.description = (
        "Write the chunk table, one row for each thing an event adds. It has the chunks of all streams unless --interaction"
        " names one. If several recordings are named, it has a first column `file`. viewer/types/chunk_table.py lists the"
        " other columns with dtype and unit. Secrets are removed unless --no-redact keeps them."
    )
    add_examples(
        parser,
        "recording.yaml --kind content --kind reasoning > chunks.csv",
        "recordings/ --format parquet --to chunks.parquet",
    )
    add_files(parser)
    add_interaction(parser)
    add_think_tags(parser)
    parser.add_argument(
        "--kind", action="append", metavar="KIND", help="only chunks of this kind, such as content; can be repeated"
    )
    parser.add_argument("--format", choices=FORMATS, default="csv", help="the format (default: csv)")
    parser.add_argument("--to", metavar="OUT", help="the file to write (default: standard output)")
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write the chosen chunks of all recordings as one table."""
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415 - takes longer than --help may take
    from viewer.types.chunk_table import KINDS  # noqa: PLC0415 - as above

    unknown = [kind for kind in chosen.kind or () if kind not in KINDS]
    if unknown:
        return fail(f"there is no kind {unknown[0]!r}; the kinds are {', '.join(KINDS)}.")
    to = output_path(chosen.to)
    if to is None and sys.stdout.isatty() and chosen.format == "parquet":
        return fail("Parquet is binary and is not written to a terminal; name a file with --to.")
    inputs = find_inputs(chosen.files, leave_out=to)
    inputs.refuse_overwrite(to)
    redact_name = name_redactor(chosen)
    table = _Table(chosen.format, to)

    def add(opened: Opened) -> None:
        # Its chunks are checked, so that the table needs no check of its own. Parquet packs it.
        cassette = outgoing_of(opened.cassette, chosen).cassette
        # Each row names its interaction, so several streams need no choice.
        chunks = cassette.chunks if chosen.interaction is None else pick_stream(cassette, chosen.interaction).chunks
        if chosen.kind:
            chunks = chunks[chunks["kind"].isin(chosen.kind)]
        table.add(chunks, None if inputs.is_single else redact_name(opened.file.shown))

    status = for_each(inputs, add, think_tags=chosen.think_tags)
    table.finish()
    return status


class _Table:
    """Writes the chunks of several recordings as one table: to standard output as they come, to a file at the end."""

    def __init__(self, as_format: str, to: Path | None) -> None:
        self._format = as_format
        self._to = to
        self._on_terminal = to is None and sys.stdout.isatty()
        self._is_empty = True
        self._parts: list[bytes] = []
        self._frames: list[pd.DataFrame] = []

    def add(self, chunks: "pd.DataFrame", file: str | None) -> None:
        """Add the chunks of one recording. `file` goes into a first column if it is not None."""
        chunks = self._with_safe_text(chunks)
        if file is not None:
            chunks = chunks.copy(deep=False)
            chunks.insert(0, "file", self._clean(file))
        if self._format == "parquet":
            self._frames.append(chunks)
        elif self._format == "jsonl":
            self._write(chunks.to_json(orient="records", lines=True, force_ascii=False, double_precision=15))
        else:
            self._write(chunks.to_csv(index=False, header=self._is_empty, lineterminator="\n"))
        self._is_empty = False

    def finish(self) -> None:
        """Write what has not been written. Nothing is written if no recording could be opened."""
        if self._frames:
            write_output(self._to, _as_parquet(self._frames))
        elif self._to is not None and not self._is_empty:
            write_output(self._to, b"".join(self._parts))

    def _write(self, text: str) -> None:
        if self._to is None:
            write_output(None, text.encode())
        else:
            self._parts.append(text.encode())

    def _with_safe_text(self, chunks: "pd.DataFrame") -> "pd.DataFrame":
        from viewer.streams.chunk_frame import PYTHON_TEXT  # noqa: PLC0415 - as above

        if not self._on_terminal and chunks["text"].dtype != PYTHON_TEXT:
            return chunks
        return chunks.assign(text=[self._clean(text) for text in chunks["text"]]).astype({"text": "string"})

    def _clean(self, text: str) -> str:
        from viewer.text.safe import visible, well_formed  # noqa: PLC0415 - as above

        return visible(text) if self._on_terminal else well_formed(text)


def _as_parquet(tables: "list[pd.DataFrame]") -> bytes:
    import pandas as pd  # noqa: PLC0415 - as above

    try:
        data: bytes = pd.concat(tables, ignore_index=True).to_parquet(index=False)
    except ImportError as error:
        raise CassetteError("parquet", "cannot be written without pyarrow.", "Install it, or use csv.") from error
    return data
