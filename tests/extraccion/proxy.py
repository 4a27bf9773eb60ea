"""A TCP proxy that behaves like a bad link: it can be slow, be cut, or go mute without closing anything."""

from __future__ import annotations

import contextlib
import socket
import threading


class Proxy:
    """Forwards `host`:`port` to a local port; `trip_after` bytes from the server it does what `how` says."""

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.target = target
        self.how = "forward"
        self.trip_after: int | None = None
        self.passed = 0
        self._rate = 0
        self._hurry = threading.Event()
        self._hurry.set()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server((host, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def trip(self, how: str, after: int) -> None:
        """Once, `after` more bytes from the server: "cut" every connection, or go "mute"."""
        self.passed, self.trip_after, self._next = 0, after, how

    def slow(self, rate: int) -> None:
        """Let through so many bytes per second of each connection, until `fast`: there is time to break things."""
        self._rate = rate
        self._hurry.clear()

    def fast(self) -> None:
        self._hurry.set()

    def heal(self) -> None:
        """Drop what is connected and forward again."""
        self.how, self.trip_after = "forward", None
        self.cut()

    def cut(self) -> None:
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._sockets.clear()

    def close(self) -> None:
        self._listener.close()
        self.fast()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self._sockets += [client, server]
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._hurry.is_set():
                    self._hurry.wait(len(data) / self._rate)
                if counted:
                    self.passed += len(data)
                    if self.trip_after is not None and self.passed >= self.trip_after:
                        self.how, self.trip_after = self._next, None
                        if self.how == "cut":
                            self.how = "forward"
                            self.cut()
                            return
                if self.how != "mute":
                    sink.sendall(data)
