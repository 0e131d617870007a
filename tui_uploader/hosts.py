"""What of a gateway's URL may be kept and shown: host and port alone."""

from urllib.parse import urlsplit


def gateway_host(url: str) -> str:
    """Host and port of a gateway's URL."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
