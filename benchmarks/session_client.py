"""A session without a browser. It sends the messages that a browser would send to Streamlit's server, and receives all of its answers."""

import asyncio
import http.client
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from websockets.asyncio.client import ClientConnection, connect

_TIMEOUT_S = 300.0


@dataclass(slots=True)
class Session:
    """A connection and the messages received over it."""

    address: str
    connection: ClientConnection
    token: str
    """The token against cross-site requests. The server sets it as a cookie."""
    identity: str = ""
    uploader: str = ""
    query: str = ""
    """The query string that the page wrote into its address."""
    widgets: WidgetStates = field(default_factory=WidgetStates)
    received: list[bytes] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Messages of the exceptions that the page showed."""

    async def run(self, tab: str = "", page: str = "") -> None:
        """Run a page once, as opening an address or changing a widget does, and receive everything that it shows."""
        message = BackMsg()
        message.rerun_script.query_string = "&".join(part for part in (self.query, tab and f"tab={tab}") if part)
        message.rerun_script.page_name = page
        message.rerun_script.context_info.url = self.address
        message.rerun_script.context_info.timezone = "UTC"
        message.rerun_script.widget_states.CopyFrom(self.widgets)
        await self.connection.send(message.SerializeToString())
        # A run ends with this message, even if another run replaced it.
        while True:
            message = await self._next()
            if message.WhichOneof("type") == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self.failures.append(f"the run ended with {message.script_finished}")
                    return

    async def upload(self, name: str, data: bytes) -> None:
        """Upload a file, and run the page with it."""
        request = BackMsg()
        request.file_urls_request.request_id = uuid4().hex
        request.file_urls_request.file_names.append(name)
        request.file_urls_request.session_id = self.identity
        await self.connection.send(request.SerializeToString())
        while (answer := await self._next()).WhichOneof("type") != "file_urls_response":
            pass
        place = answer.file_urls_response.file_urls[0]
        status = await asyncio.to_thread(self._put, place.upload_url, name, data)
        if status != 204:
            self.failures.append(f"the upload was answered with {status}")
        self.widgets.Clear()
        state = self.widgets.widgets.add()
        state.id = self.uploader
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = place.file_id, name, len(data)
        info.file_urls.CopyFrom(place)
        await self.run()

    async def _next(self) -> Any:
        content = await asyncio.wait_for(self.connection.recv(decode=False), _TIMEOUT_S)
        self.received.append(content)
        message = ForwardMsg()
        message.ParseFromString(content)
        if message.HasField("new_session"):
            self.identity = message.new_session.initialize.session_id
        if message.HasField("page_info_changed"):
            self.query = message.page_info_changed.query_string
        element = message.delta.new_element
        if element.HasField("file_uploader"):
            self.uploader = element.file_uploader.id
        if element.HasField("exception"):
            self.failures.append(element.exception.message)
        return message

    def _put(self, path: str, name: str, data: bytes) -> int:
        boundary = uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = (
            f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + data + f"\r\n--{boundary}--\r\n".encode()
        )
        place = urlsplit(self.address)
        server = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT_S)
        server.request(
            "PUT",
            path,
            body,
            {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "X-Xsrftoken": self.token,
                "Cookie": f"_streamlit_xsrf={self.token}",
            },
        )
        with server.getresponse() as answer:
            return answer.status


@asynccontextmanager
async def session(address: str) -> AsyncIterator[Session]:
    """Open a session as a browser does, until the end of the block."""
    token = await asyncio.to_thread(_token, address)
    async with connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=["streamlit", token],  # type: ignore[list-item] - Streamlit sends its token as one
        origin=address,  # type: ignore[arg-type]
        additional_headers={"Cookie": f"_streamlit_xsrf={token}"},
        max_size=None,
        # A busy server is slow to answer.
        ping_interval=None,
        open_timeout=_TIMEOUT_S,
    ) as connection:
        yield Session(address, connection, token)


def _token(address: str) -> str:
    place = urlsplit(address)
    server = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT_S)
    server.request("GET", "/_stcore/health")
    with server.getresponse() as answer:
        cookie = answer.headers.get("Set-Cookie", "")
    return cookie.partition("_streamlit_xsrf=")[2].partition(";")[0]
