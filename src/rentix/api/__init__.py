"""The HTTP API: `routes.py` is its table of contents, `gate.py` what every request goes through."""
