"""Writing a recording as one HTML page that opens offline. Secrets are redacted before it is written."""

from pathlib import Path
from typing import TYPE_CHECKING

from viewer.display.file_names import GO_VCR_ENDING, saved_name

if TYPE_CHECKING:
    import os

    from viewer.display.report.page import Download
    from viewer.redaction.cassette import Redaction
    from viewer.streams.cassette import Cassette


def report(
    cassette: "Cassette",
    path: "str | os.PathLike[str] | None" = None,
    redact: "bool | Redaction" = True,  # noqa: FBT002 - the public name of this choice
    *,
    data: bytes | None = None,
) -> str:
    """Return a recording as one HTML page, and write it to `path` if one is given.

    Args:
        cassette: an open recording.
        path: where to write the page.
        redact: whether to redact secrets, or a `viewer.redaction.cassette.Redaction` for what else to redact. False redacts nothing.
        data: the bytes of the recorded file. Readers can then save it from the page, redacted, in the recorder's own format if that
            can be rewritten. Otherwise they can save a go-vcr cassette.
    """
    # `import viewer` imports this module, which must stay light.
    from viewer.display.report.page import report_page  # noqa: PLC0415
    from viewer.redaction.cassette import Redaction  # noqa: PLC0415
    from viewer.redaction.cassette import redact as redacted_by  # noqa: PLC0415

    if data is not None and not _holds_all(data, cassette):
        data = None
    if redact is False:
        page = report_page(cassette, _download(cassette, data, None), [], None)
    else:
        options = Redaction() if redact is True else redact
        redacted, findings = redacted_by(cassette, options)
        page = report_page(
            redacted, _download(redacted, _redacted_file(cassette, data, options), options), findings, options
        )
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def _holds_all(data: bytes, cassette: "Cassette") -> bool:
    """Tell whether a file holds all of a recording. Bodies may be in files next to it, which the page cannot include."""
    from viewer.streams.cassette import load  # noqa: PLC0415 - as above
    from viewer.types.problems import CassetteError  # noqa: PLC0415 - as above

    try:
        alone = load(data, cassette.name)
    except CassetteError:
        return False
    return [one.response.body for one in alone.interactions] == [one.response.body for one in cassette.interactions]


def _redacted_file(cassette: "Cassette", data: bytes | None, options: "Redaction") -> bytes | None:
    """Return the recorded file without its secrets, or None if its format cannot be rewritten."""
    from viewer.redaction.files import redacted_bytes  # noqa: PLC0415 - as above
    from viewer.types.problems import CassetteError  # noqa: PLC0415 - as above

    if data is None or options.metrics_only:
        return None
    try:
        return redacted_bytes(data, cassette.name, options)
    except CassetteError:
        return None


def _download(cassette: "Cassette", data: bytes | None, options: "Redaction | None") -> "Download":
    """Return the file to save from the page: the recorded file if it can be included, else a go-vcr cassette."""
    from viewer.cassettes.go_vcr_writer import interactions_text  # noqa: PLC0415 - as above
    from viewer.display.report.page import Download  # noqa: PLC0415

    redacted = options is not None
    if data is not None:
        return Download(saved_name(cassette.name, redacted=redacted), data, "Save the recording")
    content = interactions_text(cassette.interactions).encode("utf-8", "replace")
    name = saved_name(cassette.name, redacted=redacted, ending=GO_VCR_ENDING)
    return Download(name, content, "Save as a go-vcr cassette")
