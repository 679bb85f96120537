"""Any number of operations: split, sent, and answered one by one, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Final, Unpack
from uuid import uuid4

import msgspec

from rentix.client.answers import BulkAnswer
from rentix.client.batches import MAX_BATCH_BYTES, in_order, split
from rentix.client.calls.bulks import Resource, bulk
from rentix.client.errors import PayloadTooLarge, SetupError
from rentix.client.fields import BulkOptions, MediaBulkOptions
from rentix.client.results import BulkResult, Operation, refused_unsent
from rentix.client.steps import Give, Steps, ask

_USUAL: Final[dict[Resource, str]] = {
    "users": "upsert",
    "listings": "upsert",
    "media": "upload-from-url",
}
_TOO_LARGE: Final = "this operation alone is over the 512 KB that a request may have"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One operation as it is sent, and its place among all."""

    index: int
    item: Operation
    sent: bytes


def bulk_users(
    items: Iterable[Operation], **options: Unpack[BulkOptions]
) -> Steps[BulkResult, None]:
    """Give the result of each operation on agents, in order.

    Items are made by `upsert_user`, `link_user` and the like, or are objects as the API has them.
    They are sent 100 and 512 KB at a time; each succeeds or fails by itself, and a failure is a
    result, not an exception. With an `idempotency_key` each request gets one derived from it, so
    the same items under the same key have one effect.
    """
    return _each("users", items, options)


def bulk_listings(
    items: Iterable[Operation], **options: Unpack[BulkOptions]
) -> Steps[BulkResult, None]:
    """Give the result of each operation on listings, in order; else as for agents."""
    return _each("listings", items, options)


def bulk_media(
    items: Iterable[Operation], **options: Unpack[MediaBulkOptions]
) -> Steps[BulkResult, None]:
    """Give the result of each picture to import, in order; else as for agents."""
    return _each("media", items, options)


def _each(
    resource: Resource, items: Iterable[Operation], options: Mapping[str, object]
) -> Steps[BulkResult, None]:
    sheets = _written(resource, items)
    base = str(options.get("idempotency_key") or uuid4().hex)
    atomic = bool(options.get("atomic"))
    batches = split(sheets, lambda sheet: len(sheet.sent))
    if atomic:
        batches = _only_one(batches)
    for number, batch in enumerate(batches, 1):
        send = partial(_send, resource, atomic=atomic, options=options)
        yield from send(batch, key=f"{base}-{number}")


def _written(resource: Resource, items: Iterable[Operation]) -> Iterator[_Sheet]:
    for index, item in enumerate(items):
        named = item if isinstance(item, msgspec.Raw) else {"op": _USUAL[resource], **item}
        yield _Sheet(index, item, msgspec.json.encode(named))


def _only_one(batches: Iterator[list[_Sheet]]) -> Iterator[list[_Sheet]]:
    """Return the one batch that an atomic bulk may be, or raise SetupError."""
    first = list(islice(batches, 2))
    if len(first) > 1 or any(len(sheet.sent) > MAX_BATCH_BYTES for sheet in chain(*first)):
        raise SetupError(
            "an atomic bulk is one request, so it holds at most 100 operations and 512 KB; "
            "nothing was sent"
        )
    return iter(first)


def _send(
    resource: Resource,
    batch: list[_Sheet],
    *,
    key: str,
    atomic: bool,
    options: Mapping[str, object],
) -> Steps[BulkResult, None]:
    """Send a batch, in halves if something on the way takes less than the API does."""
    if len(batch[0].sent) > MAX_BATCH_BYTES:
        yield from _refuse(batch[0], _TOO_LARGE, None)
        return
    raw = [msgspec.Raw(sheet.sent) for sheet in batch]
    call = bulk(resource, raw, atomic=atomic, options={**options, "idempotency_key": key})
    try:
        answer = yield from ask(call)
    except PayloadTooLarge as refusal:
        if atomic:
            raise
        if len(batch) == 1:
            yield from _refuse(batch[0], refusal.message, refusal.request_id)
            return
    else:
        yield from _give(batch, answer)
        return
    middle = len(batch) // 2
    for half, name in ((batch[:middle], "a"), (batch[middle:], "b")):
        yield from _send(resource, half, key=f"{key}{name}", atomic=atomic, options=options)


def _give(batch: list[_Sheet], answer: BulkAnswer) -> Steps[BulkResult, None]:
    for sheet, result in zip(batch, in_order(len(batch), answer), strict=True):
        yield Give(BulkResult(sheet.index, sheet.item, result, answer.request_id))


def _refuse(sheet: _Sheet, message: str, request_id: str | None) -> Steps[BulkResult, None]:
    op = None if isinstance(sheet.item, msgspec.Raw) else sheet.item.get("op")
    yield Give(BulkResult(sheet.index, sheet.item, refused_unsent(op, message), request_id))
