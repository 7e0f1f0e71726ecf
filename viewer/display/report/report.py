"""A recording as one HTML page that opens offline and can be sent to anyone. Secrets are removed before it is written."""

from pathlib import Path
from typing import TYPE_CHECKING

from viewer.display.file_names import GO_VCR_ENDING, saved_name

if TYPE_CHECKING:
    import os

    from viewer.display.report.page import Download
    from viewer.redaction import Redaction
    from viewer.redaction.cassette import Redacted
    from viewer.streams.cassette import Cassette


def report(
    cassette: "Cassette",
    path: "str | os.PathLike[str] | None" = None,
    redact: "bool | Redaction" = True,  # noqa: FBT002 - the public name of this choice
    *,
    data: bytes | None = None,
) -> str:
    """Return a recording as one HTML page, and write it to `path` if given.

    Args:
        cassette: the recording.
        path: a file to write the page to.
        redact: True removes secrets, False keeps everything, and a `viewer.Redaction` says what else to remove.
        data: the bytes of the file that `cassette` was loaded from. The page then offers that file to save, redacted and in
            the recorder's own format. Without `data`, or if that format cannot be kept, it offers a go-vcr cassette.

    Raises:
        CassetteError: a secret was found but is still in the finished page. Nothing is written then.
    """
    # `import viewer.display.report.report` must stay light.
    from viewer.display.report.page import report_page  # noqa: PLC0415
    from viewer.redaction import Redaction  # noqa: PLC0415
    from viewer.redaction.cassette import redact_to_share  # noqa: PLC0415

    if redact is False:
        page = report_page(cassette, _download(cassette, _offered(cassette, data), None), [], None)
    else:
        options = Redaction() if redact is True else redact
        page = redacted_report(redact_to_share(cassette, options), options, data)
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def redacted_report(redacted: "Redacted", options: "Redaction", data: bytes | None) -> str:
    """Return a cassette that was redacted with these options as a page. `data` and errors are those of `report`."""
    from viewer.display.report.page import report_page  # noqa: PLC0415 - as above

    file, redacted = _redacted_file(redacted, _offered(redacted.original, data), options)
    page = report_page(redacted.cassette, _download(redacted.cassette, file, options), redacted.findings, options)
    _check(page, redacted, file)
    return page


def _offered(cassette: "Cassette", data: bytes | None) -> bytes | None:
    """Return the file that a page may offer. It cannot offer the files next to a recording, so it needs all bodies in one file."""
    return None if cassette.has_files_beside else data


def _redacted_file(redacted: "Redacted", data: bytes | None, options: "Redaction") -> tuple[bytes | None, "Redacted"]:
    """Return the recorded file without its secrets, or None if its format cannot be kept, and the cassette without these secrets."""
    from viewer.redaction.cassette import remove_known  # noqa: PLC0415 - as above
    from viewer.redaction.files import rewrite_file  # noqa: PLC0415 - as above
    from viewer.types.problems import CassetteError  # noqa: PLC0415 - as above

    if data is None or options.metrics_only:
        return None, redacted
    try:
        return rewrite_file(data, redacted.original.name, redacted)
    except CassetteError:
        return None, remove_known(redacted)


def _check(page: str, redacted: "Redacted", file: bytes | None) -> None:
    """Raise `CassetteError` if a finished page holds a secret that was removed. The file in it was checked when it was rewritten."""
    from viewer.display.report.page import script, stylesheet  # noqa: PLC0415 - as above
    from viewer.redaction.verification import check_lanes, check_output  # noqa: PLC0415 - as above

    removed = redacted.removed
    check_lanes(redacted.cassette, removed)
    check_output(page, removed, redacted.cassette.name, fixed=script() + stylesheet(), checked=file)


def _download(cassette: "Cassette", data: bytes | None, options: "Redaction | None") -> "Download":
    """Return the file that the page offers: the recording's own file if there is one, otherwise a go-vcr cassette."""
    from viewer.cassettes.go_vcr_export import interactions_text  # noqa: PLC0415 - as above
    from viewer.display.report.page import Download  # noqa: PLC0415
    from viewer.redaction.credentials import without_credentials  # noqa: PLC0415 - as above

    redacted = options is not None
    if data is not None:
        return Download(saved_name(cassette.name, redacted=redacted), data, "Save the recording")
    content = interactions_text(list(map(without_credentials, cassette.interactions))).encode()
    name = saved_name(cassette.name, redacted=redacted, ending=GO_VCR_ENDING)
    return Download(name, content, "Save as a go-vcr cassette")
