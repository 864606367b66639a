"""What Qt finds here, told as JSON by a process of its own: where Qt finds no screen it ends the process."""

import json

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication


def main() -> None:
    """Print one object, and end."""
    application = QGuiApplication([])
    screens = [
        f"{screen.size().width()} x {screen.size().height()}, scale {screen.devicePixelRatio():g}, "
        f"{screen.logicalDotsPerInch():.0f} dpi, {screen.refreshRate():.0f} Hz"
        for screen in application.screens()
    ]
    scheme = application.styleHints().colorScheme().name.lower()
    facts = {"Qt": f"{qVersion()} on {application.platformName()}", "scheme": scheme}
    facts |= {f"screen {number}": screen for number, screen in enumerate(screens, 1)}
    print(json.dumps(facts))  # noqa: T201, that is what it is for


if __name__ == "__main__":
    main()
