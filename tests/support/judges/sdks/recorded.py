"""A recorded request, and where it is served."""

import json
from dataclasses import dataclass
from email.parser import BytesParser
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from viewer.types.http import Request


class Form(NamedTuple):
    """The parts of a multipart body."""

    fields: dict[str, str]
    files: list[tuple[str, tuple[str, bytes, str]]]
    """Name, then file name, content and media type."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded request as an SDK sends it again."""

    base: str
    """The address at which it is served."""
    method: str
    path: str
    """With its query; "" if the URL is not recorded."""
    body: bytes
    content_type: str

    @classmethod
    def of(cls, request: Request, base: str) -> "Recorded":
        """Return a recorded request that is served at an address."""
        url = urlsplit(request.url)
        # Ruby VCR writes a placeholder for host and port, which is then a part of the path.
        path = f"{url.path}?{url.query}".removesuffix("?")
        path = path if path.startswith("/") else path[path.find("/") :] if "/" in path else path
        return cls(base, request.method.upper() or "POST", path, request.body, request.headers.get("content-type", ""))

    def url(self, usual_path: str) -> str:
        """Return the whole address, at a path that is used if none is recorded."""
        return self.base + (self.path or usual_path)

    @property
    def json(self) -> Any:
        """The body; an empty object if none is recorded."""
        return json.loads(self.body) if self.body else {}

    @property
    def form(self) -> Form:
        """The parts of a multipart body, which an SDK sends with a boundary of its own."""
        form = Form({}, [])
        message = BytesParser().parsebytes(f"content-type: {self.content_type}\r\n\r\n".encode() + self.body)
        for part in message.get_payload():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if file_name := part.get_filename():
                form.files.append((name, (file_name, content, part.get_content_type())))
            else:
                form.fields[name] = content.decode()
        return form
