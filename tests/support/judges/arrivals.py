"""Ask a server for a stream, from one or many clients at once, and say when each byte arrived.

    python arrivals.py HOST PORT CLIENTS SPREAD_S < REQUEST

It is a program of its own, so that the clients do not take time from the server. The request is written to each socket as it is. One JSON
array for each client goes to the standard output: pairs of seconds since the request was sent, and the number of bytes of the body there were then.
"""

import asyncio
import json
import sys


class Client(asyncio.Protocol):
    """Notes each block as it arrives, and looks into it only at the end."""

    def __init__(self) -> None:
        self.blocks: list[tuple[float, bytes]] = []
        self.start_s = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def ask(self, request: bytes) -> None:
        self.start_s = asyncio.get_running_loop().time()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.blocks.append((asyncio.get_running_loop().time(), data))
        if data.endswith(b"0\r\n\r\n"):
            self.ended.set_result(None)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


async def main() -> None:
    host, port, clients, spread_s = sys.argv[1], *map(float, sys.argv[2:])
    request = sys.stdin.buffer.read()
    loop = asyncio.get_running_loop()
    asked = [(await loop.create_connection(Client, host, int(port)))[1] for _ in range(int(clients))]
    await asyncio.sleep(0.2)
    for number, client in enumerate(asked):
        loop.call_later(spread_s * number / len(asked), client.ask, request)
    await asyncio.gather(*(client.ended for client in asked))
    print(json.dumps([arrivals(client) for client in asked]))


def arrivals(client: Client) -> list[tuple[float, int]]:
    """Return when how much of a chunked body had arrived (RFC 9112, 7.1)."""
    whole, found = b"", []
    for time_s, block in client.blocks:
        whole += block
        found.append((time_s - client.start_s, len(whole)))
    head = whole.index(b"\r\n\r\n") + 4
    # Where each piece of the body ends in what was received, and in the body.
    ends, place, size = [(head, 0)], head, 0
    while True:
        line = whole.find(b"\r\n", place)
        length = int(whole[place:line], 16) if line > 0 else 0
        if not length:
            break
        place, size = line + 2 + length + 2, size + length
        ends.append((place, size))
    result, index = [], 0
    for time_s, received in found:
        while index + 1 < len(ends) and ends[index + 1][0] - 2 <= received:
            index += 1
        result.append((time_s, ends[index][1]))
    return result


if __name__ == "__main__":
    asyncio.run(main())
