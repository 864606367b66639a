"""How long something takes, as a clock shows it."""


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours when there are any."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
