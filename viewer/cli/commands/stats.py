"""The command `stats`: percentiles of the figures of many recordings, by model, prompt, day or provider."""

import argparse
import sys
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_examples, add_files
from viewer.cli.inputs import find_inputs
from viewer.cli.output import is_coloured
from viewer.cli.redaction import add_optional_redaction, redaction_of

if TYPE_CHECKING:
    from viewer.library.statistics import Grouping
    from viewer.library.stream_rows import Row
    from viewer.redaction.cassette import Redaction
    from viewer.streams.cassette import Cassette

HELP = "show percentiles of times, rates, tokens and cost over many recordings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, --by, --json and what to remove."""
    parser.description = (
        "Show the percentiles of figures over all answers in recordings. Times that are known only within bounds give"
        " percentiles within bounds. Times that were not recorded never count. A figure that most answers do not support is a"
        " dash, with the number of those that do. Secrets are removed from the names of groups unless --no-redact keeps them."
    )
    add_examples(
        parser,
        "cassettes/",
        "cassettes/ --by model",
        "2025.zip 2026/ --by day --json | jq -r '[.name, .figures.ttft.percentiles.p90.low] | @tsv'",
    )
    add_files(parser)
    parser.add_argument(
        "--by",
        choices=("model", "prompt", "day", "provider"),
        help="group the answers by model, the user's first message, day (UTC) or provider (default: one group of all)",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object on a line for each group")
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Read all recordings, and print the figures of each group."""
    # Importing them takes longer than --help may take.
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415
    from viewer.cli.statistics_output import as_json_lines, as_text  # noqa: PLC0415
    from viewer.library.open_many import COLUMNS  # noqa: PLC0415
    from viewer.library.statistics import statistics_of  # noqa: PLC0415
    from viewer.library.stream_rows import to_dataframe  # noqa: PLC0415

    options = redaction_of(chosen)
    rows: list[Row] = []

    def add(opened: Opened) -> None:
        rows.extend(_rows(opened.cassette, opened.file.shown, chosen.by, options))

    status = for_each(find_inputs(chosen.files), add)
    groups = statistics_of(to_dataframe(rows, {**COLUMNS, "prompt": "string"}), chosen.by)
    sys.stdout.write(
        as_json_lines(groups, chosen.by) if chosen.json else as_text(groups, chosen.by, coloured=is_coloured())
    )
    return status


def _rows(cassette: "Cassette", file: str, by: "Grouping | None", options: "Redaction | None") -> "list[Row]":
    """Return the answers of a recording. Of their texts, only what groups are named by is printed, so only that is redacted."""
    from viewer.library.open_many import answer_rows  # noqa: PLC0415 - as above
    from viewer.library.prompts import prompt_of  # noqa: PLC0415 - as above
    from viewer.library.stream_rows import rows_of  # noqa: PLC0415 - as above
    from viewer.redaction.finder import SEPARATOR  # noqa: PLC0415 - as above
    from viewer.redaction.outputs import outgoing  # noqa: PLC0415 - as above

    # Figures are those of the recording: estimates of tokens depend on the text.
    rows = answer_rows(cassette, file)
    if by is None or by == "day" or not rows:
        return rows
    shown = outgoing(cassette, options)
    names: list[str | None]
    if by == "prompt":
        names = [prompt_of(shown.cassette.interactions[row["interaction"]].request) for row in rows]
    else:
        names = [row[by] for row in rows_of(shown.cassette, file, "", 0).streams]
    shown.check(SEPARATOR.join(filter(None, names)))
    return [{**row, by: name} for row, name in zip(rows, names, strict=True)]
