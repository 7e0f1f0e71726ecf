"""All that is done for a failing test: the section of its report, and the pages of its cassettes."""

from pathlib import Path

from viewer.testing.files import CassetteFile, shown_path
from viewer.testing.pages import write_pages
from viewer.testing.section import MAX_LINES, section
from viewer.testing.watching import Uses
from viewer.text.safe import visible_line
from viewer.types.problems import CassetteError


def failure_lines(uses: Uses, test: str, root: str, folder: Path | None) -> list[str]:
    """Return the lines for the report of a test, and write the pages of its cassettes to a folder if there is one."""
    if folder is None:
        return section(uses, root).lines
    told = section(uses, root, MAX_LINES - 1)
    return [*told.lines, _pages_line(told.files, test, folder, root)]


def _pages_line(files: list[CassetteFile], test: str, folder: Path, root: str) -> str:
    shown = shown_path(str(folder), root)
    try:
        pages = write_pages(files, test, folder)
    except (CassetteError, OSError) as error:
        # The message of a refused page names the kind of the secret, not the secret.
        reason = error.reason if isinstance(error, CassetteError) else error.strerror or type(error).__name__
        return f"No page was written to {shown}: {visible_line(reason)}"
    if not pages:
        return "No page was written, because no cassette could be opened."
    return f"Page{'s' * (len(pages) > 1)} in {shown}: {', '.join(page.name for page in pages)}"
