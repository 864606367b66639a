"""A script whose data never comes."""

import os
import time
from pathlib import Path


def load_data(folder: Path) -> None:
    Path(os.environ["ODD_PID"]).write_text(str(os.getpid()))
    time.sleep(600)
