"""A file of events, read by its format alone: every length and every checksum is compared."""

import struct
from pathlib import Path
from typing import Any


def crc32c(content: bytes) -> int:
    """Castagnoli's, bit by bit."""
    found = 0xFFFFFFFF
    for byte in content:
        found ^= byte
        for _ in range(8):
            found = (found >> 1) ^ (0x82F63B78 if found & 1 else 0)
    return found ^ 0xFFFFFFFF


def masked(content: bytes) -> int:
    """As it stands in the file: turned by 15 bits, and a constant added."""
    found = crc32c(content)
    return ((found >> 15 | found << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events_in(folder: Path) -> list[Any]:
    """The events of the one file below a folder."""
    from tensorboardX.proto.event_pb2 import Event

    [path] = [place for place in folder.rglob("*") if place.is_file()]
    assert "tfevents" in path.name
    content, events = path.read_bytes(), []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        body, rest = content[12 : 12 + length], content[12 + length :]
        assert struct.unpack("<I", content[8:12]) == (masked(content[:8]),)
        assert struct.unpack("<I", rest[:4]) == (masked(body),)
        events.append(Event.FromString(body))
        content = rest[4:]
    return events


def values_of(events: list[Any], tag: str) -> list[tuple[int, float, Any]]:
    """Step, time and value of everything with this tag."""
    return [(event.step, event.wall_time, value) for event in events for value in event.summary.value if value.tag == tag]


def tags_of(events: list[Any]) -> list[str]:
    """Every tag, in the order in which they come first."""
    return list(dict.fromkeys(value.tag for event in events for value in event.summary.value))
