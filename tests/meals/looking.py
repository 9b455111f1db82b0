"""Reading a page as a person does."""

import re


def words_of(page: str) -> str:
    """Return a page's text without its marks."""
    main = page[page.index("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
