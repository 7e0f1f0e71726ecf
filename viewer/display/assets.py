"""Text files in packages, and several ES modules as one text, for hosts that load only one."""

import re
from collections.abc import Sequence
from importlib.resources import files

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_COMMENT = re.compile(r"^ */\*\*[\s\S]*?\*/\n|^ *//.*\n|/\*\* @[^*]*\*/ ?", re.MULTILINE)
# No template literal of these modules spans lines, so indentation and empty lines have no meaning.
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)
# Neither in a string nor in `calc()` do the stylesheets have any of these where a space beside it matters.
_AROUND_SIGNS = re.compile(r"\s*([{};,])\s*")
_AFTER_PROPERTY = re.compile(r"(?<=[{;])(?!--)([a-z-]+): ")


def joined_modules(package: str, modules: Sequence[str]) -> str:
    """Return modules of a package as one module, without comments, indentation and empty lines.

    The modules are in dependency order, and no two share a top-level name.
    """
    return "".join(map(_without_comments, (asset(package, f"{module}.js") for module in modules)))


def style(package: str, name: str) -> str:
    """Return a stylesheet of a package without the spaces that mean nothing. Every report carries it."""
    return _AFTER_PROPERTY.sub(r"\1:", _AROUND_SIGNS.sub(r"\1", asset(package, name)))


def asset(package: str, name: str) -> str:
    """Return a text file of a package."""
    return (files(package) / name).read_text(encoding="utf-8")


def _without_comments(module: str) -> str:
    return _INDENTATION.sub("", _COMMENT.sub("", _IMPORT.sub("", module)))
