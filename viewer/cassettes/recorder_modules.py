"""The modules that read recorders: those in `recorders/`, and plug-ins."""

from functools import cache
from typing import cast

import viewer.cassettes.recorders
from viewer.cassettes.plugin_recorders import PluginRecorder
from viewer.cassettes.recording import RecorderModule
from viewer.types.formats import modules_of
from viewer.types.plugins import RECORDERS, find_plugins

_LAST_RESORT = "viewer.cassettes.recorders.text"


@cache
def built_in_recorders() -> tuple[RecorderModule, ...]:
    """Return every module in `recorders/`. The last resort, which reads any text with events, comes last."""
    modules = sorted(modules_of(viewer.cassettes.recorders), key=lambda module: module.__name__ == _LAST_RESORT)
    return tuple(cast("list[RecorderModule]", modules))


@cache
def known_recorders() -> tuple[RecorderModule, ...]:
    """Return the built-in recorder modules and the plug-ins. The last resort comes last."""
    *modules, last_resort = built_in_recorders()
    return (*modules, *map(PluginRecorder, find_plugins(RECORDERS).found), last_resort)
