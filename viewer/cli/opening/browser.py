"""Opening the user's browser."""

import os
import sys
import webbrowser
from collections.abc import Mapping

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def open_browser(address: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Open an address in the user's browser. Return False if there is none."""
    # Without a screen, Python would start a browser for terminals in the terminal of this command.
    has_screen = sys.platform in ("darwin", "win32") or any(environment.get(name) for name in _DISPLAYS)
    if not has_screen and not environment.get("BROWSER"):
        return False
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
