"""What commands remove from what they write: secrets by default, and what the options name."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    from viewer.redaction.cassette import Redaction
    from viewer.redaction.outputs import Outgoing
    from viewer.streams.cassette import Cassette


def add_redaction(parser: argparse.ArgumentParser) -> None:
    """Add --paths, --emails and --identities, which are removed only if asked for."""
    parser.add_argument(
        "--paths", action="store_true", help="also remove names of people from paths, such as /home/NAME"
    )
    parser.add_argument("--emails", action="store_true", help="also remove e-mail addresses")
    parser.add_argument(
        "--identities", action="store_true", help="also remove ids of requests, organizations and accounts in headers"
    )


def add_optional_redaction(parser: argparse.ArgumentParser) -> None:
    """Add what to remove, and --no-redact."""
    parser.add_argument("--no-redact", action="store_true", help="keep everything, secrets included")
    add_redaction(parser)


def redaction_of(chosen: argparse.Namespace) -> "Redaction | None":
    """Return what the arguments remove, or None if --no-redact keeps everything.

    Raises:
        CassetteError: --no-redact is used together with an argument that removes something.
    """
    from viewer.redaction.cassette import Redaction  # noqa: PLC0415 - imports numpy, which --help does not need

    options = Redaction(
        personal_paths=chosen.paths,
        emails=chosen.emails,
        identities=chosen.identities,
        metrics_only=getattr(chosen, "metrics_only", False),
        keep=frozenset(getattr(chosen, "keep", ())),
    )
    if not getattr(chosen, "no_redact", False):
        return options
    if options != Redaction():
        reason = "keeps everything: do not use it together with what removes something."
        raise CassetteError("--no-redact", reason)
    return None


def name_redactor(chosen: argparse.Namespace) -> Callable[[str], str]:
    """Return a function that removes from a file name what the command removes from what it writes."""
    from viewer.redaction.outputs import text_redactor  # noqa: PLC0415 - as above

    options = redaction_of(chosen)
    return text_redactor(options) if options else str


def outgoing_of(cassette: "Cassette", chosen: argparse.Namespace) -> "Outgoing":
    """Return a cassette as the command writes it: without its secrets unless --no-redact keeps them."""
    from viewer.redaction.outputs import outgoing  # noqa: PLC0415 - as above

    return outgoing(cassette, redaction_of(chosen))
