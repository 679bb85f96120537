"""The page."""


def content_security() -> str:
    """Nothing."""
    return "default-src 'none'"


def render_page(document: dict[str, object]) -> str:
    """Nothing."""
    return str(document["openapi"])
