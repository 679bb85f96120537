"""Pictures: fetched from any address, shrunk, kept."""
