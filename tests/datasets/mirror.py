"""A mirror on this machine: a real HTTP server that serves files well, or as badly as it is told."""

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from nnlab.datasets.mnist import MNIST, Published
from nnlab.datasets.published import MNISTSource
from nnlab.datasets.source import Source
from tests.datasets.idx_files import idx_bytes

# What a mirror does with a request for a file: it is given the request and the file's bytes.
Manner = Callable[["Request", bytes], None]


def stand_ins(seed: int = 0, pictures: int = 200) -> dict[str, bytes]:
    """Small files with the names of the published ones; noise, so that they are as large gzipped."""
    noise = np.random.default_rng(seed)
    files = {}
    for part, count in (("train", pictures), ("t10k", pictures // 5)):
        files[f"{part}-images-idx3-ubyte"] = idx_bytes(noise.integers(0, 256, (count, 28, 28)))
        files[f"{part}-labels-idx1-ubyte"] = idx_bytes(noise.integers(0, 10, count))
    return files


def published(files: dict[str, bytes], *mirrors: "Mirror | str", name: str = "mnist") -> Published:
    """A dataset of these files, with their true checksums, at these mirrors."""
    checksums = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    addresses = tuple(mirror if isinstance(mirror, str) else mirror.address for mirror in mirrors)
    return replace(MNIST, name=name, checksums=checksums, mirrors=addresses)


def source_of(dataset: Published) -> type[Source]:
    """A row for DATASETS."""
    return type("StandIn", (MNISTSource,), {"published": dataset})


@dataclass(frozen=True)
class Asked:
    """One request that a mirror was sent, and how much of an answer it gave."""

    name: str
    range: str | None
    sent: int


class Mirror:
    """A server on the loopback, up while the `with` lasts. `manners` says how single files are served."""

    def __init__(self, files: dict[str, bytes], manner: Manner | None = None) -> None:
        self.files = {f"{name}.gz": gzip.compress(content, 1) for name, content in files.items()}
        self.manner = manner or serve
        self.manners: dict[str, Manner] = {}
        self.asked: list[Asked] = []
        self.released = threading.Event()  # ends what hangs
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self._server.daemon_threads = True
        self._server.mirror = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def address(self) -> str:
        """The folder of the net that holds the files."""
        return f"http://127.0.0.1:{self._server.server_port}/files/"

    @property
    def host(self) -> str:
        """As it is named to a person."""
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Mirror":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Request(BaseHTTPRequestHandler):
    """One request to a mirror."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer as the mirror's manner is."""
        self.mirror: Mirror = self.server.mirror
        self.sent = 0
        self.close_connection = True
        name = self.path.rpartition("/")[2]
        try:
            if name not in self.mirror.files:
                self.send_error(404)
            else:
                self.mirror.manners.get(name, self.mirror.manner)(self, self.mirror.files[name])
        except OSError:
            pass  # nobody listens any more
        self.mirror.asked.append(Asked(name, self.headers["Range"], self.sent))

    def begin(self, status: int, length: int | None, **headers: str) -> None:
        """The head of the answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def send(self, content: bytes) -> None:
        """Part of the body."""
        self.wfile.write(content)
        self.wfile.flush()
        self.sent += len(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


def serve(request: Request, content: bytes) -> None:
    """As it should be; knows no ranges."""
    request.begin(200, len(content), Content_Type="application/gzip")
    request.send(content)


def drop_at(*shares: float, ranges: bool) -> Manner:
    """Break the first connections after these shares of what was asked for; then serve."""
    left = list(shares)

    def manner(request: Request, content: bytes) -> None:
        start = int(request.headers["Range"][6:-1]) if ranges and request.headers["Range"] else 0
        body = content[start:]
        extra = {"Content_Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if start else {}
        request.begin(206 if start else 200, len(body), **extra)
        request.send(body[: round(left.pop(0) * len(body))] if left else body)

    return manner


def cut_short(request: Request, content: bytes) -> None:
    """Half a file that is said to be whole."""
    request.begin(200, len(content) // 2)
    request.send(content[: len(content) // 2])


def corrupt(request: Request, content: bytes) -> None:
    """A sound file with another content."""
    other = bytearray(gzip.decompress(content))
    other[-1] ^= 1
    body = gzip.compress(bytes(other), 1)
    request.begin(200, len(body))
    request.send(body)


def damaged(request: Request, content: bytes) -> None:
    """A byte fell over inside of the gzip data."""
    body = bytearray(content)
    body[len(body) // 2] ^= 0xFF
    request.begin(200, len(body))
    request.send(bytes(body))


def unpacked(request: Request, content: bytes) -> None:
    """The file itself, as servers do that unpack on the way."""
    body = gzip.decompress(content)
    request.begin(200, len(body))
    request.send(body)


def packed_on_the_way_where_allowed(request: Request, content: bytes) -> None:
    """Compress once more for those who take it, and get it wrong."""
    if "gzip" in request.headers["Accept-Encoding"]:
        request.begin(200, 4, Content_Encoding="gzip")
        request.send(b"half")
    else:
        serve(request, content)


def without_a_length(request: Request, content: bytes) -> None:
    """The end of the connection is the end of the file."""
    request.begin(200, None)
    request.send(content)


def web_page(request: Request, content: bytes) -> None:
    """What a network sends to those who have not logged in."""
    body = b"<!DOCTYPE html><title>Please log in</title>"
    request.begin(200, len(body), Content_Type="text/html; charset=utf-8")
    request.send(body)


def disguised_web_page(request: Request, content: bytes) -> None:
    """The same, called a file."""
    body = b"\n <html>Please log in</html>"
    request.begin(200, len(body), Content_Type="application/gzip")
    request.send(body)


def redirect_to(address: str) -> Manner:
    """Send everybody elsewhere."""

    def manner(request: Request, content: bytes) -> None:
        request.begin(302, 0, Location=address + request.path.rpartition("/")[2])

    return manner


def refuse(status: int) -> Manner:
    """Answer with an error."""
    return lambda request, content: request.send_error(status)


def hang_after(share: float) -> Manner:
    """Send a part, and then nothing more, without ending."""

    def manner(request: Request, content: bytes) -> None:
        request.begin(200, len(content))
        request.send(content[: round(share * len(content))])
        request.mirror.released.wait(20)

    return manner


def say_nothing(request: Request, content: bytes) -> None:
    """Take the request and never answer."""
    request.mirror.released.wait(20)


def send_for_ever(request: Request, content: bytes) -> None:
    """More bytes than any file has."""
    request.begin(200, None)
    while not request.mirror.released.is_set():
        request.send(bytes(1 << 20))


_BOMB = gzip.compress(bytes(16 << 20))


def bomb(request: Request, content: bytes) -> None:
    """A small file that unpacks into a huge one."""
    request.begin(200, len(_BOMB))
    request.send(_BOMB)
