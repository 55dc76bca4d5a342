"""The one place that knows what stands under an ASGI `send`: how to end a socket whose client does not read.

`send` waits for the client; a client that never reads would never see the close. With uvicorn's sans-I/O sockets
(`--ws websockets-sansio`) the close frame goes straight behind what is buffered, and the connection is cut after a
grace. On any other server the close goes through `send`, and the server's own keep-alive cuts the connection.
"""

import asyncio
from typing import Any

GRACE_SECONDS = 3.0


def buffered_bytes(send: Any) -> int | None:
    """What is written and not yet taken by the client; None where the server does not tell."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    size = getattr(transport, "get_write_buffer_size", None)
    return int(size()) if size is not None else None


def cut(send: Any, code: int, reason: str) -> bool:
    """Close at once, whatever is still buffered. False where the server gives no way to."""
    protocol = getattr(send, "__self__", None)
    transport = getattr(protocol, "transport", None)
    frames = getattr(protocol, "conn", None)
    if transport is None or frames is None or not hasattr(frames, "send_close"):
        return False
    if not transport.is_closing():
        frames.send_close(code, reason)
        transport.write(b"".join(frames.data_to_send()))
        transport.close()
        asyncio.get_running_loop().call_later(GRACE_SECONDS, transport.abort)
    return True
