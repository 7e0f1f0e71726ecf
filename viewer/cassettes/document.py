"""One file as bytes, and, read once for all recorders, as the tree of its JSON or YAML."""

from functools import cached_property
from typing import Any

from viewer.cassettes.syntax.truncated_json import read_cut_off
from viewer.cassettes.syntax.yaml import Break, YAMLTreeError, read_documents
from viewer.files.content_encoding import GZIP, inflate
from viewer.files.sidecars import Sidecars, no_sidecars
from viewer.text.json import parse
from viewer.types.limits import DEFAULT_LIMITS, Limits

HEAD_BYTES = 64 * 1024
_EVENT_STREAM = (b"data:", b"event:", b":")


class Document:
    """Offer one file's content in the forms recorders are recognised by; each form is made once, on demand."""

    def __init__(self, data: bytes, name: str, beside: Sidecars = no_sidecars, limits: Limits = DEFAULT_LIMITS) -> None:
        self.name = name
        self.limits = limits
        self.beside = beside
        """Finds the files that stand beside this one."""
        self.trouble = ""
        """What was wrong with the file's compression; "" where nothing was."""
        if data.startswith(GZIP):
            data, self.trouble = inflate(data, limits)
        self.data = _as_utf8(data)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB: enough to tell most formats without parsing the rest."""
        return self.data[:HEAD_BYTES]

    @cached_property
    def _read(self) -> tuple[list[Any], Break | None]:
        text = self.data.removeprefix(b"\xef\xbb\xbf")
        if text.startswith(_EVENT_STREAM):
            # Such a text is YAML too, a mapping of nothing, and that would take seconds to find out.
            return [], None
        if text.lstrip()[:1] in (b"{", b"["):
            try:
                return [parse(text)], None
            except ValueError:
                # YAML's flow style starts with the same brackets, so that what is no JSON may yet be YAML.
                if cut_off := read_cut_off(text):
                    return [cut_off[0]], cut_off[1]
        try:
            documents = read_documents(self.data, self.limits)
        except YAMLTreeError as error:
            return [], error.broken
        return documents.trees, documents.broken

    @property
    def tree(self) -> Any:
        """The file as dicts, lists and scalars, as far as it is JSON or YAML; None where it is neither."""
        return self.trees[0] if self.trees else None

    @property
    def trees(self) -> list[Any]:
        """Every document of the file; most recorders write one."""
        return self._read[0]

    @property
    def broken(self) -> Break | None:
        """Where and why `tree` does not hold the whole file; None where it does."""
        return self._read[1]

    def after_break(self) -> bytes:
        """Return what of the file stands after the break, and so not in `tree`."""
        if self.broken is None or self.broken.at_end:
            return b""
        return b"\n".join(self.data.split(b"\n")[self.broken.line - 1 :])


def _as_utf8(data: bytes) -> bytes:
    """Return text that a Windows shell redirected to a file (UTF-16 with its mark) as UTF-8; all else as it is."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            return data
    return data
