"""The HTTP API and the chat page: routes, templates, static files. What it serves is passed in by `server.py`."""

from web.app import build_app

__all__ = ["build_app"]
