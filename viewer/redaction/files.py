"""Redact recorded files in the recorder's own format: only the texts that change are rewritten.

The result is opened and compared with the redacted cassette before it is returned. A file that cannot be rewritten in its own
format is refused, and can be written as a go-vcr cassette instead.
"""

from dataclasses import replace

from viewer.cassettes.go_vcr_export import interactions_text
from viewer.redaction.cassette import Redaction, redact_with, rules_for
from viewer.redaction.credentials import without_credentials
from viewer.redaction.findings import Finding
from viewer.redaction.replacements import find_event_texts, find_replacements
from viewer.redaction.rewriting import rewrite
from viewer.redaction.verification import verify
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
    cassette = cassette or load(data, name)
    rules = rules_for(options)
    redacted = redact_with(rules, cassette)
    if as_go_vcr or options.metrics_only:
        interactions = list(map(without_credentials, redacted.interactions))
        return interactions_text(interactions).encode(), rules.ledger.findings()
    # The file holds the same texts as the cassette. What was found there is not counted again.
    second_pass = replace(rules, second_pass=True)
    try:
        written = rewrite(data, name, cassette, redacted, find_replacements(cassette, redacted), second_pass)
        verify(written, name, redacted, rules, options)
    except CassetteError:
        # The recorder may have stored the events as parsed JSON. Then their texts are replaced one by one.
        replacements = replace(find_replacements(cassette, redacted), event_texts=find_event_texts(cassette, redacted))
        written = rewrite(data, name, cassette, redacted, replacements, second_pass)
        verify(written, name, redacted, rules, options)
    return written, rules.ledger.findings()
