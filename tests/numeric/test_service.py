"""A web service that imports a saved module: ten thousand requests to four threads, and the bits of one thread."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread, current_thread
from typing import Any

import numpy as np
import pytest
from saved_modules import loaded

import symbackprop as sb

REQUESTS, THREADS, AT_ONCE = 10_000, 4, 50
D = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
WEIGHTS = sb.initialise(D, "xavier", sizes={"n": 3, "h": 8, "c": 2})
POINTS = np.random.default_rng(5).normal(size=(REQUESTS, 3))


def imported(path: Path) -> Any:
    sb.lambdify(D).save(path)
    return loaded(path)


def serving(module: Any, threads: set[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            threads.add(current_thread().name)
            point = np.frombuffer(self.rfile.read(int(self.headers["Content-Length"])))
            answer = module.forward(X=point[None, :], **WEIGHTS).tobytes()
            self.send_response_only(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: Any) -> None:
            pass

    return Handler


def asked(address: Any, points: Any) -> list[bytes]:
    """The answers for some points, over one connection that stays open."""
    answers = []
    with socket.create_connection(address) as connection, connection.makefile("rb") as stream:
        for first in range(0, len(points), AT_ONCE):
            some = points[first : first + AT_ONCE]
            head = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % points[0].nbytes
            connection.sendall(b"".join(head + point.tobytes() for point in some))
            for _ in some:
                assert stream.readline() == b"HTTP/1.1 200 OK\r\n"
                length = int(stream.readline().partition(b": ")[2])
                assert stream.readline() == b"\r\n"
                answers.append(stream.read(length))
    return answers


@pytest.mark.slow
def test_ten_thousand_requests_have_the_bits_of_one_thread(tmp_path: Path) -> None:
    module = imported(tmp_path / "served.py")
    threads: set[str] = set()
    with ThreadingHTTPServer(("127.0.0.1", 0), serving(module, threads)) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        with ThreadPoolExecutor(THREADS) as pool:
            parts = np.array_split(POINTS, THREADS)
            found = [
                answer for part in pool.map(lambda part: asked(server.server_address, part), parts) for answer in part
            ]
        server.shutdown()
    assert len(threads) == THREADS
    assert len(found) == REQUESTS
    one = sb.predictor(D)
    assert found == [one(X=point[None, :], **WEIGHTS).tobytes() for point in POINTS]
