"""A reverse proxy that treats a request's headers as nginx does, for tests on machines without one."""

import contextlib
import shutil
import socket
import socketserver
import threading

_HEAD_END = b"\r\n\r\n"


@contextlib.contextmanager
def proxied(upstream_port, set_headers, added_header=""):
    """Serve another server, and yield the proxy's port.

    `set_headers` maps names of headers to values with the variables of nginx, as `proxy_set_header` does. `added_header` is a line
    that every answer gets. Each connection serves one request.
    """

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            # A browser opens connections that it never uses, and closes others early.
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", upstream_port)) as upstream:
                head = _read_head(self.rfile)
                upstream.sendall(rewritten(head, set_headers, upstream_port))
                sending = threading.Thread(target=_send_rest, args=(self.rfile, upstream), daemon=True)
                sending.start()
                with upstream.makefile("rb", buffering=0) as answer:
                    status, _, rest = _read_head(answer).partition(b"\r\n")
                    self.wfile.write(b"\r\n".join(filter(None, [status, added_header.encode()])) + b"\r\n" + rest)
                    shutil.copyfileobj(answer, self.wfile)
                # Ends the thread that still reads from the browser.
                self.connection.shutdown(socket.SHUT_RDWR)
                sending.join()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _read_head(stream):
    head = b""
    while not head.endswith(_HEAD_END):
        byte = stream.read(1)
        if not byte:
            raise ConnectionResetError
        head += byte
    return head


def _send_rest(source, upstream):
    with contextlib.suppress(OSError, ValueError):
        while data := source.read1(1 << 16):
            upstream.sendall(data)
        # The browser has gone.
        upstream.shutdown(socket.SHUT_RDWR)


def rewritten(head, set_headers, upstream_port):
    """Return the head of a request as nginx sends it on: a header whose new value is empty is left out."""
    request_line, *lines = head.removesuffix(_HEAD_END).decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    sent = {name.lower(): value for name, value in headers.items()}
    variables = {
        "$http_host": sent.get("host", ""),
        "$proxy_host": f"localhost:{upstream_port}",
        "$http_upgrade": sent.get("upgrade", ""),
        "$connection_upgrade": "upgrade" if "upgrade" in sent else "close",
        "$scheme": "http",
        "$proxy_add_x_forwarded_for": "127.0.0.1",
    }
    replaced = {name.lower() for name in set_headers}
    kept = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in replaced]
    added = [f"{name}: {variables[value]}" for name, value in set_headers.items() if variables[value]]
    return "\r\n".join([request_line, *kept, *added]).encode("latin-1") + _HEAD_END
