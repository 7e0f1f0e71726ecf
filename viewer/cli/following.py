"""The options `--follow` and `--no-browser` of `record`, and the page that they open."""

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from viewer.cli.opening.browser import open_browser
from viewer.cli.output import log

if TYPE_CHECKING:
    from viewer.recorder.live.recorded import Place
    from viewer.recorder.watchers import Watcher


def add_follow_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --follow and --no-browser."""
    parser.add_argument(
        "--follow", action="store_true", help="open a page in the browser that shows each exchange as it comes"
    )
    parser.add_argument("--no-browser", action="store_true", help="with --follow: only print the address of the page")


@contextlib.contextmanager
def following(chosen: argparse.Namespace, what: str, places: "Sequence[Place]" = ()) -> "Iterator[tuple[Watcher, ...]]":
    """Show the recording while the context lasts, if `--follow` asks for it, and yield who is to be told of its exchanges.

    Args:
        chosen: the options of the command.
        what: what is recorded.
        places: each base URL of the recorder, and the upstream whose place it takes.
    """
    if not chosen.follow:
        yield ()
        return
    # Only this option needs these modules.
    from viewer.recorder.live.process import live_page  # noqa: PLC0415
    from viewer.recorder.live.recorded import Recorded  # noqa: PLC0415

    with live_page(Recorded(what, tuple(places), str(chosen.to))) as page:
        log(f"Follow it at {page.address}")
        if not chosen.no_browser:
            open_browser(page.address)
        yield (page.watcher,)
