"""The command `check`: say what is wrong with the recordings of a repository."""

import argparse

from viewer.cli.arguments import add_examples, file_name
from viewer.cli.output import fail

HELP = "say what is wrong with the recordings of a repository: secrets, broken streams, errors"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add PATH…, the outputs, the baseline and --config."""
    parser.description = (
        "Check recordings by rules: secrets, broken and cut-off streams, answered errors, duplicates and more. Each rule is"
        " off, warns or fails, as [tool.cassette-viewer.check] in pyproject.toml or .cassette-viewer.toml sets it."
        " docs/check.md lists the rules."
    )
    parser.epilog = (
        "Exit status: 0 if no rule fails, even if some warn; 1 if one fails (see --fail-on); 2 if something cannot be read, or a folder holds"
        " no recordings."
    )
    add_examples(
        parser, "tests/cassettes/", "tests/cassettes/ --baseline .cassette-baseline.json", "tests/ --json | jq -r .file"
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=file_name, help="a recording, or a folder or archive of recordings"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print a JSON object on a line for each violation")
    how.add_argument("--github", action="store_true", help="print annotations for GitHub Actions")
    parser.add_argument("--sarif", metavar="FILE", help="also write SARIF 2.1.0, for code scanning")
    parser.add_argument("--junit", metavar="FILE", help="also write JUnit XML, for test reports")
    parser.add_argument(
        "--fail-on",
        choices=("fail", "warn", "never"),
        default="fail",
        help="exit with 1 for violations at the level fail, at any level (warn), or never (default: fail)",
    )
    parser.add_argument("--baseline", metavar="FILE", help="leave out the violations that this file holds")
    parser.add_argument(
        "--update-baseline",
        action="store_true",
        help="write what is found to the file that --baseline names, and exit with 0",
    )
    parser.add_argument(
        "--config", metavar="FILE", help="the file of settings (default: found from the current folder upwards)"
    )


def run(chosen: argparse.Namespace) -> int:
    """Check the recordings, and write what was found in each form that was asked for."""
    if chosen.update_baseline and not chosen.baseline:
        return fail("--update-baseline needs --baseline FILE.")
    # Importing it takes longer than --help may take.
    from viewer.cli.checking import check_paths  # noqa: PLC0415

    return check_paths(chosen)
