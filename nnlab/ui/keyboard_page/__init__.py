"""All keys on one page, searched as one types."""
