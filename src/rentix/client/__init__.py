"""The client of the users API: calls and answers are values, a thin shell sends them."""

from rentix.client.errors import (
    ApiError,
    ConnectionFailed,
    RentixError,
    SetupError,
    UnreadableAnswer,
)
from rentix.client.retries import Patience
from rentix.client.shell import Clock, Rentix, Wait

__all__ = [
    "ApiError",
    "Clock",
    "ConnectionFailed",
    "Patience",
    "Rentix",
    "RentixError",
    "SetupError",
    "UnreadableAnswer",
    "Wait",
]
