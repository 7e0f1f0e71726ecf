"""The app's own server, as the command `open` starts it: on this machine only, with the settings that come with the viewer."""

import sys
import tomllib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import streamlit as st

from viewer.pages.app import app_arguments
from viewer.pages.server.handover import HandOver
from viewer.pages.server.handover_message import HOST
from viewer.pages.server.handover_routes import handover_routes
from viewer.pages.shipped import settings_file


def serve(port: int, handover: HandOver, token: str, running: Callable[[], AbstractAsyncContextManager[None]]) -> None:
    """Serve the app until Ctrl-C. `running` is entered once the server can be asked, and left when it ends."""
    app = st.App(**app_arguments(handover_routes(handover, token), running))
    # Streamlit puts the folder of the started program on the path for imports. This one holds no modules.
    sys.argv = [str(settings_file())]
    app.run(config=settings(port))


def settings(port: int) -> dict[str, Any]:
    """Return Streamlit's settings. They outrank those of the folder in which the command runs, which are another project's."""
    shipped = dict(_flat(tomllib.loads(settings_file().read_text("utf-8"))))
    own = {
        "server.address": HOST,
        "server.port": port,
        "server.baseUrlPath": "",
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "logger.hideWelcomeMessage": True,
    }
    return shipped | own


def _flat(table: dict[str, Any], path: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        found += _flat(value, f"{path}{name}.") if isinstance(value, dict) else [(path + name, value)]
    return found
