"""When a run was begun, as a person says it; clocks may have been wrong, then or now."""

import time
from datetime import datetime, timedelta

_DAY = timedelta(days=1)


def when(started: float, now: float | None = None) -> str:
    """Today 14:05, yesterday 09:30, or the date; of a time that has not come yet the date, too."""
    try:
        then, today = datetime.fromtimestamp(started), datetime.fromtimestamp(time.time() if now is None else now)
    except (OverflowError, OSError, ValueError, TypeError):
        return "unknown"
    if then > today + _DAY:
        return f"{then:%Y-%m-%d}, ahead of the clock"
    days = {today.date(): "today", (today - _DAY).date(): "yesterday"}
    day = days.get(then.date(), f"{then:%Y-%m-%d}")
    return f"{day} {then:%H:%M}"
