"""One file as bytes, and, read once for all recorders, as the tree of its JSON or YAML."""

from collections.abc import Hashable
from functools import cached_property
from typing import Any

import orjson
import yaml

HEAD_BYTES = 64 * 1024


class _PlainLoader(yaml.CSafeLoader):
    """Load YAML with the C safe loader and read unknown tags as the plain data below them.

    Cassettes carry tags of the language that wrote them (`!ruby/…`, `!!python/…`). To construct such an object would
    run what the file says; to refuse it would hide the recording.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        try:
            return super().construct_mapping(node, deep=deep)
        except yaml.constructor.ConstructorError:
            # A key that is a list or a mapping cannot be a dict key; its text can.
            return {
                str(self.construct_object(key, deep=True)): self.construct_object(value, deep=deep)
                for key, value in node.value
            }


def _construct_untagged(loader: _PlainLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


def _construct_text(loader: _PlainLoader, node: yaml.ScalarNode) -> str:
    return loader.construct_scalar(node)


_PlainLoader.add_multi_constructor("", _construct_untagged)
# A cassette's dates are text like the rest: PyYAML would turn them into objects and fail on odd ones.
_PlainLoader.add_constructor("tag:yaml.org,2002:timestamp", _construct_text)


class Document:
    """Offer one file's content in the forms recorders are recognised by; each form is made once, on demand."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.data = _as_utf8(data)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB: enough to tell most formats without parsing the rest."""
        return self.data[:HEAD_BYTES]

    @cached_property
    def _tree_or_error(self) -> tuple[Any, str]:
        try:
            if self.data.lstrip()[:1] in (b"{", b"["):
                return orjson.loads(self.data), ""
        except orjson.JSONDecodeError:
            pass  # YAML's flow style starts with the same brackets.
        try:
            return yaml.load(self.data, Loader=_PlainLoader), ""  # noqa: S506 - a subclass of the C safe loader
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            return None, f"not readable as YAML: {error.problem or error.context} at line {line}"
        except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
            return None, f"not readable as YAML: {' '.join(str(error).split()) or type(error).__name__}"

    @property
    def tree(self) -> Any:
        """The file as dicts, lists and scalars; None where it is neither JSON nor YAML."""
        return self._tree_or_error[0]

    @property
    def tree_error(self) -> str:
        """Why `tree` is None, with the line; "" where it is not."""
        return self._tree_or_error[1]


def _as_utf8(data: bytes) -> bytes:
    """Return text that a Windows shell redirected to a file (UTF-16 with its mark) as UTF-8; all else as it is."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            return data
    return data
