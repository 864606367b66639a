"""One file from one address, into memory: what a download is made of.

pooch speaks HTTP. What it lacks is added around it: the work can be cancelled at once even while a server says nothing, a
server that says nothing for long is given up, and a dropped connection goes on where it broke off.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from nnlab.datasets.words import shown

# Seconds without a byte after which a server is given up.
_PATIENCE = 20.0
# How often a file is begun or gone on with, when the connection keeps dropping.
_ATTEMPTS = 4
# No file of a published dataset is larger; who sends more sends something else.
_MOST_BYTES = 128 << 20
_CHUNK = 16 << 10
_REPORT_SECONDS = 0.1
UNREACHABLE = "could not be reached"

# Called with the bytes that are here and the bytes expected (0 where the server does not say).
Arrived = Callable[[int, int], None]


class TransferError(Exception):
    """What a server did instead of sending the file, as the end of a sentence."""


class _DroppedError(TransferError):
    """The connection broke; what arrived before is good."""


def transfer(address: str, arrived: Arrived) -> bytes:
    """The bytes at a http(s) address. Raises TransferError; whatever `arrived` raises ends the transfer at once."""
    body = _Body()
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _receive(address, body, arrived)
            break
        except _DroppedError:
            if attempt == _ATTEMPTS:
                raise
    return bytes(body.content)


class _Body:
    """What has arrived: to pooch the file it writes to, to requests the one who looks at each answer."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.expected = 0
        self.has_begun = False
        self.is_wanted = True
        self._answers: list[Any] = []

    def look_at(self, response: Any, **_: Any) -> None:
        """See what an answer announces before its body is read."""
        self._answers.append(response)
        if response.is_redirect or not response.ok:
            return
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise TransferError("sent a web page instead of the file")
        # A server that cannot go on in the middle sends all of it again.
        if response.status_code != 206:
            self.content.clear()
        self.has_begun = True
        self.expected = len(self.content) + int(response.headers.get("Content-Length", 0))

    def write(self, chunk: bytes) -> None:
        """Take what pooch has read."""
        if not self.is_wanted or len(self.content) + len(chunk) > _MOST_BYTES:
            raise TransferError(f"sent more than {_MOST_BYTES >> 20} MB, which the file does not have")
        self.content += chunk

    def flush(self) -> None:
        """Memory needs none; pooch asks for it."""

    def hang_up(self) -> None:
        """Close what pooch leaves open when an answer is not read to its end."""
        while self._answers:
            self._answers.pop().close()


def _receive(address: str, body: _Body, arrived: Arrived) -> None:
    """Read the rest of the body on a thread of its own, which is left behind when it takes too long or is not wanted."""
    failures: list[BaseException] = []

    def read() -> None:
        try:
            _read(address, body)
        except BaseException as error:  # to be raised where somebody waits for it
            failures.append(error)

    reader = threading.Thread(target=read, name=f"reading {address}", daemon=True)
    reader.start()
    try:
        held, since = len(body.content), time.monotonic()
        is_reading = True
        while is_reading:
            reader.join(_REPORT_SECONDS)
            # Asked before the report: what a quick reader brought is told too.
            is_reading = reader.is_alive()
            arrived(len(body.content), body.expected)
            if len(body.content) != held:
                held, since = len(body.content), time.monotonic()
            elif is_reading and time.monotonic() - since > _PATIENCE:
                raise TransferError(f"sent nothing for {_PATIENCE:g} seconds")
    finally:
        # A reader that is left behind ends at its next bytes, or when its time is up.
        body.is_wanted = not reader.is_alive()
    if failures:
        raise failures[0]


def _read(address: str, body: _Body) -> None:
    import pooch
    import requests
    import urllib3

    # The file is wanted as it lies there; gzip on the way would make the byte numbers of a range mean something else.
    headers = {"Accept-Encoding": "identity"}
    if body.content:
        headers["Range"] = f"bytes={len(body.content)}-"
    held = len(body.content)
    # Nobody waits so long: _receive has less patience. It is for a reader that was left behind.
    timeout = 2 * _PATIENCE
    download = pooch.HTTPDownloader(chunk_size=_CHUNK, timeout=timeout, headers=headers, hooks={"response": body.look_at})
    try:
        download(address, body, None)
    except requests.HTTPError as error:
        status, reason = (error.response.status_code, error.response.reason) if error.response is not None else (0, "")
        # 416: nothing is left to send.
        if held and status == 416:
            return
        raise TransferError(f"answered {status} {shown(reason, 40)}".strip()) from None
    except requests.exceptions.SSLError:
        raise TransferError("could not prove who it is (its certificate is not valid here)") from None
    except requests.TooManyRedirects:
        raise TransferError("sent the request round in circles") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
        if body.has_begun:
            raise _DroppedError(f"dropped the connection after {size_text(len(body.content))}") from None
        raise TransferError(UNREACHABLE) from None
    finally:
        body.hang_up()
    if body.expected > len(body.content):
        raise _DroppedError(f"stopped after {size_text(len(body.content))} of {size_text(body.expected)}")


def size_text(count: int) -> str:
    """A number of bytes as people say it."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.0f} kB"
