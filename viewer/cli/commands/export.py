"""The command `export`: write streams in formats that other programs play, show or measure."""

import argparse
import time
from typing import TYPE_CHECKING, NamedTuple

from viewer.cli.arguments import (
    add_choice,
    add_examples,
    add_files,
    add_interaction,
    add_think_tags,
    check_choice,
    check_interaction,
    pick_stream,
)
from viewer.cli.files import output_path, write_output
from viewer.cli.inputs import find_inputs
from viewer.cli.output import fail, warn
from viewer.cli.redaction import add_optional_redaction, name_redactor, outgoing_of

if TYPE_CHECKING:
    from viewer.display.otlp.document import Written
    from viewer.streams.cassette import Cassette

HELP = "write a stream for other programs: as an asciicast, an animated picture, a transcript, a trace or OpenTelemetry data"
ENDINGS = {
    "asciicast": ".cast",
    "asciicast-v3": ".cast",
    "svg": ".svg",
    "vtt": ".vtt",
    "chrome-trace": ".trace.json",
    "otlp": ".otlp.json",
    "otlp-logs": ".otlp-logs.json",
}
OF_TELEMETRY = ("otlp", "otlp-logs")
OF_ALL_CALLS = ("chrome-trace", *OF_TELEMETRY)
DEFAULT_COLUMNS = 80
# A label and a word or two still fit on a line.
MIN_COLUMNS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, --as, --interaction, --choice, --think-tags, --columns, --no-content, --to and what to remove."""
    parser.description = (
        "Write a stream for other programs. From each recording it takes the longest answer of a model unless --interaction"
        " names another; a trace and OpenTelemetry data have all calls. Secrets are removed unless --no-redact keeps them."
    )
    add_examples(
        parser,
        "recording.yaml --as asciicast --to recording.cast",
        "recording.yaml --as svg > replay.svg",
        "recordings/ --as chrome-trace --to traces/",
        "recording.yaml --as otlp | curl -d @- -H 'Content-Type: application/json' http://localhost:4318/v1/traces",
    )
    add_files(parser)
    parser.add_argument(
        "--as",
        dest="as_format",
        choices=ENDINGS,
        required=True,
        help="asciicast: version 2, for asciinema and the tools around it; asciicast-v3: for asciinema 3; svg: an animated"
        " picture, which a README can show; vtt: a WebVTT transcript; chrome-trace: calls and chunks, for Perfetto; otlp: calls as"
        " OpenTelemetry spans (gen_ai.*), in the JSON of OTLP; otlp-logs: calls as log records, with or without times",
    )
    add_interaction(parser)
    add_choice(parser)
    add_think_tags(parser)
    parser.add_argument(
        "--columns",
        type=_columns,
        default=DEFAULT_COLUMNS,
        metavar="N",
        help=f"the terminal width of an asciicast, at least {MIN_COLUMNS} (default: {DEFAULT_COLUMNS})",
    )
    parser.add_argument(
        "--no-content",
        action="store_true",
        help="leave what was said out of OpenTelemetry data: messages, instructions, tools, arguments and results",
    )
    parser.add_argument(
        "--to",
        metavar="OUT",
        help="the file to write, or the folder if there are several recordings (default: standard output)",
    )
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write one stream, or all calls, of each recording."""
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415 - takes longer than --help may take
    from viewer.cli.targets import targets_below  # noqa: PLC0415 - as above

    if chosen.as_format in OF_ALL_CALLS and chosen.choice is not None:
        what = "a trace has" if chosen.as_format == "chrome-trace" else "OpenTelemetry data has"
        return fail(f"--choice: {what} all choices.")
    if chosen.no_content and chosen.as_format not in OF_TELEMETRY:
        return fail("--no-content: only OpenTelemetry data (otlp, otlp-logs) can do without what was said.")
    to = output_path(chosen.to)
    inputs = find_inputs(chosen.files, leave_out=to)
    if to is None and not inputs.is_single:
        return fail("there may be several recordings: name a folder with --to DIR.")
    targets = targets_below(to, inputs, name_redactor(chosen))
    if targets is None:
        inputs.refuse_overwrite(to)

    def write(opened: Opened) -> None:
        outgoing = outgoing_of(opened.cassette, chosen)
        exported = _exported(outgoing.cassette, chosen)
        outgoing.check(exported.text)
        outgoing.check(exported.unescaped)
        # A file is taken only now, so that a recording that cannot be exported leaves no folder.
        path = targets.take(opened.file.name, ENDINGS[chosen.as_format]) if targets else to
        write_output(path, exported.text.encode())

    return for_each(inputs, write, think_tags=chosen.think_tags)


class _Exported(NamedTuple):
    """What is written of a cassette."""

    text: str
    unescaped: str = ""
    """Its strings without escapes, if secrets must be searched there too."""


def _exported(cassette: "Cassette", chosen: argparse.Namespace) -> _Exported:
    """Return what is written of a cassette, and warn of what is missing from it."""
    if chosen.as_format in OF_TELEMETRY:
        written = _as_telemetry(cassette, chosen)
        for note in written.notes:
            warn(f"{cassette.name}: {note}")
        return _Exported(written.text, written.unescaped)
    return _Exported(_of_stream_or_calls(cassette, chosen))


def _of_stream_or_calls(cassette: "Cassette", chosen: argparse.Namespace) -> str:
    """Return what is written of a cassette for a person. Each format is imported only if it is wanted."""
    if chosen.as_format == "chrome-trace":
        from viewer.display.chrome_trace import chrome_trace  # noqa: PLC0415 - as above

        check_interaction(cassette, chosen.interaction)
        return chrome_trace(cassette, chosen.interaction)
    stream = pick_stream(cassette, chosen.interaction)
    check_choice(stream, chosen.choice)
    if chosen.as_format == "svg":
        from viewer.display.replay_svg import animated_svg  # noqa: PLC0415 - as above

        return animated_svg(cassette, stream, chosen.choice)
    if chosen.as_format == "vtt":
        from viewer.display.webvtt import transcript  # noqa: PLC0415 - as above

        return transcript(stream, chosen.choice)
    from viewer.display.asciicast import Version, asciicast  # noqa: PLC0415 - as above

    version: Version = 3 if chosen.as_format == "asciicast-v3" else 2
    return asciicast(stream, chosen.choice, version=version, columns=chosen.columns)


def _as_telemetry(cassette: "Cassette", chosen: argparse.Namespace) -> "Written":
    from viewer.display.otlp import otlp_records, otlp_spans  # noqa: PLC0415 - as above

    if chosen.interaction is not None:
        check_interaction(cassette, chosen.interaction)
    if chosen.as_format == "otlp":
        return otlp_spans(cassette, chosen.interaction, content=not chosen.no_content)
    return otlp_records(cassette, chosen.interaction, content=not chosen.no_content, observed_s=time.time())


def _columns(text: str) -> int:
    columns = int(text)
    if columns < MIN_COLUMNS:
        raise argparse.ArgumentTypeError(f"{text} is too narrow: at least {MIN_COLUMNS}")
    return columns
