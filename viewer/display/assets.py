"""Text files in packages, and several ES modules as one text, for hosts that load only one."""

import re
from collections.abc import Sequence
from importlib.resources import files

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_COMMENT = re.compile(r"^ */\*\*[\s\S]*?\*/\n|^ *//.*\n|/\*\* @[^*]*\*/ ?", re.MULTILINE)
# No template literal of these modules spans lines, so indentation has no meaning.
_INDENTATION = re.compile(r"^ +", re.MULTILINE)


def joined_modules(package: str, modules: Sequence[str]) -> str:
    """Return modules of a package as one module, without comments and with little indentation.

    The modules are in dependency order, and no two share a top-level name.
    """
    return "".join(map(_without_comments, (asset(package, f"{module}.js") for module in modules)))


def asset(package: str, name: str) -> str:
    """Return a text file of a package."""
    return (files(package) / name).read_text(encoding="utf-8")


def _without_comments(module: str) -> str:
    return _INDENTATION.sub(" ", _COMMENT.sub("", _IMPORT.sub("", module)))
