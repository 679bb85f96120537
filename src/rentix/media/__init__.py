"""Pictures: fetched from any address, decoded apart, kept, and handed out."""
