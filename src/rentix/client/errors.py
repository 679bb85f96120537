"""What can go wrong between a client and the portal: one small tree."""

from __future__ import annotations

from rentix.wire.shapes import DetailShape


class RentixError(Exception):
    """Whatever this client raises."""


class SetupError(RentixError):
    """Nothing was sent: a key, an address or a file cannot be used as it was given."""


class ConnectionFailed(RentixError):
    """No answer came. `reached` says whether a request may have got through before that."""

    def __init__(self, message: str, *, reached: bool) -> None:
        super().__init__(message)
        self.reached = reached


class UnreadableAnswer(RentixError):
    """An answer that is not the contract's: another service, or a proxy in between."""


class ApiError(RentixError):
    """A refusal in the portal's own words (contract 3).

    `code` is its machine word, None when something in front of the portal refused.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        details: tuple[DetailShape, ...] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.code = code
        self.details = details
        self.request_id = request_id
