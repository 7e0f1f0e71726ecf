"""The content of a recorded request: its messages, tools and parameters, in whichever form the body is."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from viewer.cassettes.wire_form import JSON_LINES
from viewer.conversation.messages import Message, MessageReader, message_of
from viewer.conversation.parts import Part
from viewer.conversation.request_fields import RequestContent, read_fields
from viewer.conversation.session_requests.lines import read_lines
from viewer.protocols.provider import model_of
from viewer.text.base64 import bytes_in
from viewer.text.json import mapping, only_text, parse
from viewer.text.words import size
from viewer.types.http import Request

# The Azure test proxy begins an upload with this that it writes as base64.
_BASE64 = b"b64:"
_GEMINI_MODEL = re.compile(r"/models/([^/:?]+):")


def read_request(request: Request, read_message: MessageReader = message_of) -> RequestContent:
    """Return the content of a request. A body that is not understood becomes parameters."""
    if not request.body:
        return RequestContent()
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/"):
        return _read_form(content_type, request.body)
    if content_type == JSON_LINES:
        return read_lines(request.body, read_message)
    is_form = content_type.lower().startswith("application/x-www-form-urlencoded")
    # `curl --data` names JSON a form too.
    if is_form and not request.body.lstrip().startswith(b"{"):
        pairs = parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True, max_num_fields=None)
        return RequestContent(parameters=list(pairs), form="form")
    try:
        body = parse(request.body)
    except ValueError:
        return _read_socket(request.body)
    if isinstance(body, dict):
        return read_fields(body, read_message)
    return RequestContent(parameters=[("body", body)], form="unknown")


def model_asked_for(request: Request) -> str:
    """Return the model that a request names in its URL or its body; "" if it names none."""
    in_url = model_of(request.url) or ""
    if not in_url and (found := _GEMINI_MODEL.search(request.url)):
        in_url = unquote(found[1])
    if in_url or not request.body:
        return in_url
    try:
        body = mapping(parse(request.body))
        return only_text(body.get("model") or body.get("gen_ai.request.model"))
    except ValueError:
        return ""


def _read_form(content_type: str, body: bytes) -> RequestContent:
    """Read a multipart form, such as an upload to be transcribed. The files become one message of the user."""
    from email.parser import BytesParser  # noqa: PLC0415 - hardly any request is a form
    from email.policy import HTTP  # noqa: PLC0415 - as above

    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    content = RequestContent(form="form")
    uploads, sources = [], []
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        name = part.get_param("name", "", "content-disposition")
        filename = part.get_filename()
        if filename is None:
            content.parameters.append((str(name), data.decode(errors="replace")))
        else:
            media_type = part.get_content_type() if "content-type" in part else ""
            uploads.append(_upload(filename, media_type, data))
            sources.append({"filename": filename, "content_type": media_type, "sha256": _digest(_as_sent(data))})
    if uploads:
        content.messages.append(Message("user", tuple(uploads), source=sources))
    content.readable = bool(uploads)
    if not uploads and not content.parameters:
        content.form = "unknown"
    return content


def _as_sent(data: bytes) -> bytes:
    """Return the bytes of an upload. The recorder of the Azure test proxy writes those that are not text as base64."""
    if not data.startswith(_BASE64):
        return data
    try:
        return b64decode(data.removeprefix(_BASE64).strip(), validate=True)
    except ValueError:
        return data


def _upload(filename: str, media_type: str, data: bytes) -> Part:
    encoded = data.removeprefix(_BASE64)
    size_bytes = len(data) if encoded is data else bytes_in(encoded.decode("latin-1").strip())
    kind = media_type.partition("/")[0]
    description = ", ".join(filter(None, (media_type, size(size_bytes))))
    return Part("audio" if kind == "audio" else "image" if kind == "image" else "file", description, filename)


def _read_socket(body: bytes) -> RequestContent:
    """Read the client's messages on a socket, one a line. Audio sent in a row becomes one message."""
    content = RequestContent(form="socket")
    frames = []
    for line in body.splitlines():
        try:
            frames.append(mapping(parse(line)))
        except ValueError:
            return RequestContent(form="unknown")
    audio: list[str] = []
    for frame in frames:
        sound = _sound(frame)
        if bytes_in(sound):
            audio.append(sound)
            continue
        content.messages += _heard(audio)
        audio = []
        fields = {name: value for name, value in frame.items() if name not in ("type", "event_id")}
        content.add(read_fields(fields))
    content.messages += _heard(audio)
    content.readable |= bool(content.messages)
    return content


def _sound(frame: Mapping[str, Any]) -> str:
    """Return the audio of a socket message as base64; "" if it has none."""
    live = mapping(frame.get("realtime_input") or frame.get("realtimeInput"))
    return only_text(frame.get("audio")) or only_text(mapping(live.get("audio")).get("data"))


def _heard(audio: list[str]) -> list[Message]:
    if not audio:
        return []
    source = {"audio": {"sha256": _digest("".join(audio).encode("utf-8", "surrogatepass"))}}
    return [Message("user", (Part("audio", size(sum(map(bytes_in, audio)))),), source=source)]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
