"""Rentix: a property portal's CRM API, its client, and the sync that feeds it."""

from importlib.metadata import version

__version__ = version("rentix")
