"""XML as a tree of elements, read as far as it is well formed. Entities cannot be declared, and no other file is ever read.

The standard library's ElementTree would expand entities that a file declares, and drops what comes before an error.
"""

from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from viewer.types.limits import Limits


@dataclass(slots=True)
class Element:
    """One element. `pieces` is its own text, without that of the elements in it."""

    name: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the element itself."""
        return "".join(self.pieces)

    def child(self, name: str) -> "Element | None":
        """Return the first element of this name in the element, or None."""
        return next((one for one in self.children if one.name == name), None)

    def child_text(self, name: str) -> str:
        """Return the text of the first element of this name, without space around it; "" if there is none."""
        one = self.child(name)
        return one.text.strip() if one else ""


class ReadXML(NamedTuple):
    """A tree, and what is wrong with the file."""

    root: Element | None
    """The tree as far as it could be read; None if there is no element."""
    trouble: str
    """Why it is not whole, with the line; "" if it is."""


class _RefusedError(ValueError):
    """The file holds something that is never read."""


def read_xml(data: bytes, limits: Limits) -> ReadXML:
    """Parse as much of an XML document as is well formed."""
    builder = _Builder(limits)
    parser = expat.ParserCreate()
    # Text that the parser collects would be lost at an error.
    parser.buffer_text = False
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.EntityDeclHandler = _refuse_entity
    parser.SkippedEntityHandler = builder.skipped_entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the C function takes no names
    except expat.ExpatError as error:
        return ReadXML(builder.root, f"it is not well formed at line {error.lineno}: {expat.ErrorString(error.code)}")
    except (ValueError, LookupError) as error:
        return ReadXML(builder.root, f"{error} at line {parser.CurrentLineNumber}")
    return ReadXML(builder.root, "")


class _Builder:
    """Builds the tree as the parser reads. An element is in the tree from its start, so that a broken file keeps it."""

    def __init__(self, limits: Limits) -> None:
        self.root: Element | None = None
        self._limits = limits
        self._open: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= self._limits.depth:
            raise _RefusedError(f"it is nested too deeply {self._limits.exceeded('depth')}")
        element = Element(name, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:  # noqa: ARG002 - the signature that the parser calls
        self._open.pop()

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append(text)

    def skipped_entity(self, name: str, is_parameter_entity: bool) -> None:  # noqa: FBT001 - called by the parser
        if not is_parameter_entity:
            self.text(f"&{name};")


def _refuse_entity(name: str, *_: object) -> None:
    raise _RefusedError(f"it declares the entity {name[:80]}, which is not read")
