"""A way to a server that can fall silent without being cut."""

import contextlib
import socket
from threading import Event, Thread


class Relay:
    """Hands on what one client and a server say; while `speaks` is not set nothing of the server gets through."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = socket.create_connection(server, timeout=10)
        self._server.settimeout(None)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._client: socket.socket | None = None
        self.port = int(self._listener.getsockname()[1])
        self.speaks = Event()
        self.speaks.set()

    def __enter__(self) -> "Relay":
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.speaks.set()
        for one in (self._client, self._server, self._listener):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def _accept(self) -> None:
        self._client, _ = self._listener.accept()
        Thread(target=self._hand_on, args=(self._client, self._server, None), daemon=True).start()
        self._hand_on(self._server, self._client, self.speaks)

    @staticmethod
    def _hand_on(source: socket.socket, target: socket.socket, may: Event | None) -> None:
        with contextlib.suppress(OSError):
            while said := source.recv(65_536):
                if may is not None:
                    may.wait()
                target.sendall(said)
