"""What comes back for one item of a bulk, and what a read brings together with its etag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from msgspec import UNSET

from rentix.client.errors import ApiError
from rentix.client.refusals import error_class
from rentix.wire.shapes import OperationErrorShape, ResultShape

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What one item came to. `index` is its place among all items, `item` what was given.

    `answer` is the portal's own result: ids, etag, warnings, receipt. Its `index` counts within
    the request that the item was sent in. `request_id` is that request's, None if none was sent.
    """

    index: int
    item: object
    answer: ResultShape
    request_id: str | None = None

    @property
    def success(self) -> bool:
        """Whether it was done."""
        return self.answer.success

    @property
    def error(self) -> ApiError | None:
        """Why it was not done, as the error that the single call would have raised."""
        if self.answer.success:
            return None
        said = self.answer.error
        if said is UNSET:
            said = OperationErrorShape(status_code=500, code="internal", message="no reason given")
        return error_class(said.status_code, said.code)(
            said.status_code,
            said.message,
            code=said.code,
            details=said.details or (),
            request_id=self.request_id,
            etag=said.etag or None,
        )

    def raise_for_error(self) -> BulkResult:
        """Return this result, or raise its error."""
        if (error := self.error) is not None:
            raise error
        return self


def refused_unsent(op: object, message: str) -> ResultShape:
    """Return the result of an item that is too large to be sent at all."""
    error = OperationErrorShape(status_code=413, code="body_too_large", message=message)
    word = op if isinstance(op, str) else None
    return ResultShape(index=0, op=word, success=False, error=error)


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """A value as it was read, and the etag to ask with whether it has changed since."""

    value: T
    etag: str


Operation = Mapping[str, object] | msgspec.Raw
"""One item of a bulk: an object as the API has it, or its JSON."""
