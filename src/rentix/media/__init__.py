"""Pictures: where their files lie, and how they are handed out."""
