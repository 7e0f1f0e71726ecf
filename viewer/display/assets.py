"""The ES modules of a folder as one text, for hosts that can load one only."""

import re
from collections.abc import Sequence
from importlib.resources import files

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_COMMENT = re.compile(r"^ */\*\*[\s\S]*?\*/\n|^ *//.*\n|/\*\* @[^*]*\*/ ?", re.MULTILINE)


def joined_modules(package: str, modules: Sequence[str]) -> str:
    """Return modules of a package, each after what it imports, as one without comments; no two may share a name at the top."""
    return "".join(_COMMENT.sub("", _IMPORT.sub("", asset(package, f"{module}.js"))) for module in modules)


def asset(package: str, name: str) -> str:
    """Return a text file that lies in a package."""
    return (files(package) / name).read_text(encoding="utf-8")
