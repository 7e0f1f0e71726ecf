"""One file as bytes and as the tree of its JSON or YAML, which is parsed once for all recorders."""

from functools import cached_property
from typing import Any

from viewer.cassettes.syntax.truncated_json import read_cut_off
from viewer.cassettes.syntax.yaml import Break, YAMLTreeError, read_documents
from viewer.files.content_encoding import GZIP, inflate
from viewer.files.sidecars import Sidecars, no_sidecars
from viewer.text.json import parse
from viewer.types.limits import DEFAULT_LIMITS, Limits

# Enough to recognise most formats without parsing the rest.
_HEAD_BYTES = 64 * 1024
_EVENT_STREAM_BEGINS = (b"data:", b"event:", b":")


class Document:
    """One file's content in the forms by which recorders are recognised. Each form is made on demand, once."""

    def __init__(self, data: bytes, name: str, beside: Sidecars = no_sidecars, limits: Limits = DEFAULT_LIMITS) -> None:
        self.name = name
        self.limits = limits
        self.beside = beside
        """Reads the files next to this one."""
        self.trouble = ""
        """What is wrong with the file's compression; "" if nothing is."""
        self.odd_characters = 0
        """How many characters are in the YAML that it wants to be escaped, once the tree is read."""
        if data.startswith(GZIP):
            data, self.trouble = inflate(data, limits)
        self.data = _as_utf8(data)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        return self.data[:_HEAD_BYTES]

    @cached_property
    def _parsed(self) -> tuple[list[Any], Break | None]:
        text = self.data.removeprefix(b"\xef\xbb\xbf")
        if text.startswith(_EVENT_STREAM_BEGINS):
            # An event stream can be valid YAML too, and it would take seconds to find that out.
            return [], None
        if text.lstrip()[:1] in (b"{", b"["):
            try:
                return [parse(text)], None
            except ValueError:
                # YAML's flow style starts with the same brackets, so a file that is not JSON may still be YAML.
                if cut_off := read_cut_off(text):
                    return [cut_off[0]], cut_off[1]
        try:
            documents = read_documents(self.data, self.limits)
        except YAMLTreeError as error:
            return [], error.broken
        self.odd_characters = documents.odd_characters
        return documents.trees, documents.broken

    @property
    def tree(self) -> Any:
        """The file as dicts, lists and scalars, as far as it is JSON or YAML; None if it is neither."""
        return self.trees[0] if self.trees else None

    @property
    def trees(self) -> list[Any]:
        """Every document of a YAML file. Most recorders write one."""
        return self._parsed[0]

    @property
    def broken(self) -> Break | None:
        """Where and why `tree` does not hold the whole file; None if it does."""
        return self._parsed[1]

    def after_break(self) -> bytes:
        """Return the part of the file after the break, which is not in `tree`."""
        if self.broken is None or self.broken.at_end:
            return b""
        return b"\n".join(self.data.split(b"\n")[self.broken.line - 1 :])


def _as_utf8(data: bytes) -> bytes:
    """Convert UTF-16 with a byte order mark, which a Windows shell writes to files, to UTF-8. Return other bytes unchanged."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            return data
    return data
