"""What a page shows if it has no recording to show."""

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.types.problems import CassetteError


def show_nothing_open() -> None:
    """Invite the user to open a file: nothing is open, and this server has neither a library nor samples."""
    title = node("div", "title", node("h1", "", "No recording is open"))
    missing = node("p", "story", "There are no sample recordings here.")
    advice = node(
        "p",
        "",
        "Drop a cassette anywhere on this page, paste one, or use Open… in the bar. HAR files, event streams, folders and zip or tar"
        " archives open too.",
    )
    sheet([title, missing, advice], key="nothing_open")


def show_unreadable(error: CassetteError) -> None:
    """Show why a recording cannot be opened and what to do about it."""
    reason = node("p", "", f"{error.file}: {error.reason}")
    advice = node("p", "note", error.advice or "Choose another recording, or drop a file anywhere on this page.")
    title = node("div", "title", node("h1", "", "This file cannot be opened"))
    sheet([title, node("div", "problem error", reason, advice)], key="unreadable")
