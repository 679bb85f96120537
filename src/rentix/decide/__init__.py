"""Decisions: pure functions from what is stored and what is asked to what becomes of it."""
