"""JSON to model and back: the only room that knows how fields are spelled (contract 1 to 8)."""
