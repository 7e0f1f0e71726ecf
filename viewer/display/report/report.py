"""A recording as one HTML page that can be sent to anyone: it opens offline, and secrets are struck before it is written."""

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
    """Return a recording as one HTML page, and write it where a path is given.

    Args:
        cassette: an open recording.
        path: where the page is written too.
        redact: whether secrets are struck, or what goes beside them as `viewer.redaction.cassette.Redaction` says; False leaves all in.
        data: the bytes of the recorded file: the page then hands them out, redacted, in the recorder's own format where it can
            be kept; without them, or else, it hands out a go-vcr cassette.
    """
    # The package imports this module at once, which must cost nothing.
    from viewer.display.report.page import report_page  # noqa: PLC0415
    from viewer.redaction.cassette import Redaction  # noqa: PLC0415
    from viewer.redaction.cassette import redact as redacted_by  # noqa: PLC0415

    if data is not None and not _holds_all(data, cassette):
        data = None
    if redact is False:
        page = report_page(cassette, _download(cassette, data, None), [], None)
    else:
        options = Redaction() if redact is True else redact
        struck, findings = redacted_by(cassette, options)
        page = report_page(struck, _download(struck, _struck_file(cassette, data, options), options), findings, options)
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def _holds_all(data: bytes, cassette: "Cassette") -> bool:
    """Tell whether a file by itself is the recording: bodies may lie in files beside it, which a page cannot hand out."""
    from viewer.streams.loading import load  # noqa: PLC0415 - as above
    from viewer.types.problems import CassetteError  # noqa: PLC0415 - as above

    try:
        alone = load(data, cassette.name)
    except CassetteError:
        return False
    return [one.response.body for one in alone.interactions] == [one.response.body for one in cassette.interactions]


def _struck_file(cassette: "Cassette", data: bytes | None, options: "Redaction") -> bytes | None:
    """Return the recorded file without its secrets; None where its own format cannot be kept."""
    from viewer.redaction.files import redacted_bytes  # noqa: PLC0415 - as above
    from viewer.types.problems import CassetteError  # noqa: PLC0415 - as above

    if data is None or options.metrics_only:
        return None
    try:
        return redacted_bytes(data, cassette.name, options)
    except CassetteError:
        return None


def _download(cassette: "Cassette", data: bytes | None, options: "Redaction | None") -> "Download":
    """Return the file that the page hands out: in its own format where there is one, else as go-vcr writes it."""
    from viewer.cassettes.go_vcr_writer import interactions_text  # noqa: PLC0415 - as above
    from viewer.display.report.page import Download  # noqa: PLC0415

    redacted = options is not None
    if data is not None:
        return Download(saved_name(cassette.name, redacted=redacted), data, "Save the recording")
    content = interactions_text(cassette.interactions).encode("utf-8", "replace")
    name = saved_name(cassette.name, redacted=redacted, ending=GO_VCR_ENDING)
    return Download(name, content, "Save as a go-vcr cassette")
