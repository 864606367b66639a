"""What every message for a person has in common."""


def assert_one_sentence(error: Exception, *names: str) -> None:
    """One line, not too long, without Python's own words, that names the thing."""
    text = str(error)
    assert text.strip() == text
    assert "\n" not in text
    assert 10 < len(text) < 500, text
    for word in ("Traceback", "Error(", "None", "<class"):
        assert word not in text, text
    for name in names:
        assert name in text, f"{name!r} is not in: {text}"
