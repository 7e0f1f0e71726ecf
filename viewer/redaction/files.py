"""Redact recorded files in the recorder's own format: only the texts that change are rewritten.

The result is opened and compared with the redacted cassette before it is returned. A file that cannot be rewritten in its own
format is refused, and can be written as a go-vcr cassette instead.
"""

from dataclasses import replace

from viewer.cassettes.go_vcr_export import interactions_text
from viewer.redaction.cassette import Redacted, Redaction, redact_to_share, remove_known
from viewer.redaction.credentials import without_credentials
from viewer.redaction.findings import Finding
from viewer.redaction.rewriting.file import rewrite
from viewer.redaction.rewriting.replacements import find_event_texts, find_replacements
from viewer.redaction.verification import check_file, check_output
from viewer.streams.cassette import Cassette
from viewer.streams.loading import load
from viewer.types.problems import CassetteError


def redact_bytes(data: bytes, name: str, options: Redaction = Redaction()) -> bytes:  # noqa: B008 - frozen
    """Return a recorded file without its secrets. As `redact_file`, but without the findings."""
    return redact_file(data, name, options)[0]


def redact_file(
    data: bytes,
    name: str,
    options: Redaction = Redaction(),  # noqa: B008 - frozen
    *,
    as_go_vcr: bool = False,
    cassette: Cassette | None = None,
) -> tuple[bytes, list[Finding]]:
    """Return a recorded file without its secrets, and what was found.

    Raise `CassetteError` if the file cannot be read, or cannot be rewritten in its own format.

    Args:
        data: the content of the file.
        name: its name, for messages.
        options: what to redact besides secrets, and what to keep. With `metrics_only` the result is always a go-vcr cassette:
            a recorder's own format has text in too many places.
        as_go_vcr: whether to write a go-vcr cassette, whatever the file is.
        cassette: the loaded file, if it has been loaded already.
    """
    in_place = not (as_go_vcr or options.metrics_only)
    if in_place and cassette and cassette.session and cassette.has_files_beside:
        # The file of a session opens without those of its subagents too. They are files of their own.
        cassette = None
    redacted = redact_to_share(cassette or load(data, name), options)
    if not in_place:
        return go_vcr_bytes(redacted, name), redacted.findings
    return rewrite_file(data, name, redacted)[0], redacted.findings


def go_vcr_bytes(redacted: Redacted, name: str) -> bytes:
    """Return a redacted cassette as a go-vcr cassette. Raise `CassetteError` if a secret is left in it."""
    written = interactions_text(list(map(without_credentials, redacted.cassette.interactions))).encode()
    check_output(written, redacted.removed, name)
    return written


def rewrite_file(data: bytes, name: str, redacted: Redacted) -> tuple[bytes, Redacted]:
    """Return a recorded file in its recorder's own format, without the secrets that are redacted in its cassette.

    Values that only the file gives away, in a comment for instance, may stand in the cassette too. The second value returned is
    the cassette without these.

    Raise `CassetteError` if that format cannot be rewritten.
    """
    try:
        return _rewrite_and_check(data, name, redacted, by_text=False)
    except CassetteError:
        # The recorder may have stored the events as parsed JSON. Then their texts are replaced one by one.
        return _rewrite_and_check(data, name, remove_known(redacted), by_text=True)


def _rewrite_and_check(data: bytes, name: str, redacted: Redacted, *, by_text: bool) -> tuple[bytes, Redacted]:
    known = redacted.rules.ledger.removed_values()
    written = _rewrite(data, name, redacted, by_text=by_text)
    if redacted.rules.ledger.removed_values() != known:
        redacted = remove_known(redacted)
        written = _rewrite(data, name, redacted, by_text=by_text)
    check_file(written, redacted.cassette.name, redacted)
    return written, redacted


def _rewrite(data: bytes, name: str, redacted: Redacted, *, by_text: bool) -> bytes:
    """Return a file with the texts of a redacted cassette, and those of its events one by one if `by_text`."""
    before, after, rules = redacted.original, redacted.cassette, redacted.rules
    # The file holds the same texts as the cassette. What was found there is not counted again.
    second_pass = replace(rules, finder=rules.finder.also(redacted.removed.find), second_pass=True)
    replacements = find_replacements(before, after)
    if by_text:
        replacements = replace(replacements, event_texts=find_event_texts(before, after))
    return rewrite(data, name, before, after, replacements, second_pass)
