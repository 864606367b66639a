"""Whether the process that a helper works for is still there."""

import os
import sys


def is_gone(owner: int) -> bool:
    """Whether the process of this number, which started this one, has ended."""
    if sys.platform != "win32":
        # Who has lost its parent is given another.
        return os.getppid() != owner
    import ctypes

    kernel = ctypes.windll.kernel32
    synchronize, ended = 0x00100000, 0
    process = kernel.OpenProcess(synchronize, False, owner)
    if not process:
        return True
    try:
        return bool(kernel.WaitForSingleObject(process, 0) == ended)
    finally:
        kernel.CloseHandle(process)
