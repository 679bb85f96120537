"""Bytes to checked values. The fast pass stops at the first fault, the second lists them all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from rentix.errors import Code, Fault, Problem

Path = tuple[str | int, ...]
T = TypeVar("T")

MAX_DEPTH = 32
MAX_MEMBERS = 200
_GLANCE_DEPTH = 3

_JSON_INVALID = "body must be valid JSON in UTF-8 (RFC 8259)"
_TOO_LARGE = "body must not have a number that is too large to be read"


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`.

    Raises:
        Problem: 400 `json_invalid` when it is no JSON, or JSON that is not an object;
            `out_of_range` when it has a number of thousands of digits.
    """
    try:
        value = msgspec.json.decode(body)
    except msgspec.ValidationError:  # of no type, the size of a number is all that can be wrong
        raise Problem(Code.OUT_OF_RANGE, _TOO_LARGE) from None
    # 100,000 brackets are a RecursionError, bytes that are no UTF-8 a ValueError.
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Problem(Code.JSON_INVALID, _JSON_INVALID) from None
    if not isinstance(value, dict):
        raise Problem(Code.JSON_INVALID, "body must be a JSON object")
    return value


def read(shape: type[T], raw: dict[str, Any], path: Path = ()) -> tuple[T | None, list[Fault]]:
    """`raw` as `shape`, and every fault in it.

    Members with a fault are left out of the value, so that the rest can be checked further. The
    value is None when a member that must be there is missing or has a fault.
    """
    faults = [] if _surely_fit(raw) else list(_unfit(raw, path))
    try:
        return msgspec.convert(raw, shape), faults
    except msgspec.ValidationError:
        struct = _struct(shape)  # type: ignore[arg-type]  # a type is hashable
        raw = _with_whole_numbers(raw, struct)
        found = list(_struct_faults(raw, struct, path))
        bad = {fault.path[len(path)] for fault in found}
        sound = {key: value for key, value in raw.items() if key not in bad}
        required = {f.encode_name for f in struct.fields if f.required}
        value = msgspec.convert(sound, shape) if required <= sound.keys() else None
        return value, faults + found


@cache
def _struct(shape: type) -> inspect.StructType:
    kind = inspect.type_info(shape)
    assert isinstance(kind, inspect.StructType)  # noqa: S101 - bodies are structs
    return kind


@cache
def known_members(shape: type) -> frozenset[str]:
    """The names that a body of this shape may have, as the wire spells them."""
    return frozenset(field.encode_name for field in _struct(shape).fields)


def unknown_members(shape: type, raw: dict[str, Any]) -> list[str]:
    """The names in `raw` that `shape` does not have, in the order sent."""
    known = known_members(shape)
    return [name for name in raw if name not in known]


def field_name(path: Path) -> str:
    """`("settings", "contact_phone")` → `settings.contact_phone`."""
    return ".".join(str(step) for step in path) or "body"


def _with_whole_numbers(raw: dict[str, Any], struct: inspect.StructType) -> dict[str, Any]:
    # PHP writes 225.0 for an integer that came from a calculation; to JSON Schema it is one.
    whole = dict(raw)
    for field in struct.fields:
        value, kinds = raw.get(field.encode_name), _members(field.type)
        if isinstance(value, float) and value.is_integer():
            if any(isinstance(kind, inspect.IntType) for kind in kinds) and not _any_number(kinds):
                whole[field.encode_name] = int(value)
        elif isinstance(value, dict):
            inner = [kind for kind in kinds if isinstance(kind, inspect.StructType)]
            whole[field.encode_name] = _with_whole_numbers(value, inner[0]) if inner else value
        elif isinstance(value, list):
            items = [kind.item_type for kind in kinds if isinstance(kind, inspect.ListType)]
            whole[field.encode_name] = _with_whole_items(value, items)
    return whole


def _with_whole_items(values: list[Any], kinds: list[inspect.Type]) -> list[Any]:
    inner = [kind for kind in kinds if isinstance(kind, inspect.StructType)]
    if not inner:
        return values
    return [_with_whole_numbers(v, inner[0]) if isinstance(v, dict) else v for v in values]


def _surely_fit(raw: dict[str, Any], depth: int = 1) -> bool:
    """A glance that settles it for nearly all bodies; False says nothing."""
    if len(raw) > MAX_MEMBERS or depth > _GLANCE_DEPTH:
        return False
    for name, value in raw.items():
        if "\0" in name:
            return False
        kind = type(value)
        if kind is str:
            if "\0" in value:
                return False
        elif kind is list or (kind is dict and not _surely_fit(value, depth + 1)):
            return False
    return True


def _unfit(value: object, path: Path) -> Iterator[Fault]:
    waiting: list[tuple[Path, object]] = [(path, value)]
    while waiting:  # a stack of our own: JSON may nest deeper than Python calls may
        here, item = waiting.pop()
        if isinstance(item, str) and "\0" in item:
            yield Fault(Code.NUL_REFUSED, f"{field_name(here)} must not contain NUL", here)
        elif len(here) - len(path) > MAX_DEPTH:
            field = tuple(takewhile(lambda step: isinstance(step, str), here[: len(path) + 2]))
            message = f"{field_name(field)} must not nest deeper than {MAX_DEPTH} levels"
            yield Fault(Code.OUT_OF_RANGE, message, field)
            return
        elif isinstance(item, dict) and len(item) > MAX_MEMBERS:
            # Each unknown one costs a warning: without a bound the answer outgrows the request.
            message = f"{field_name(here)} must have at most {MAX_MEMBERS} members"
            yield Fault(Code.OUT_OF_RANGE, message, here)
        elif isinstance(item, dict):
            for key, child in item.items():
                waiting.append(((*here, key), child))
                if "\0" in key:
                    message = f"names in {field_name(here)} must not contain NUL"
                    yield Fault(Code.NUL_REFUSED, message, (*here, key))
        elif isinstance(item, list):
            waiting.extend(((*here, index), child) for index, child in enumerate(item))


def _struct_faults(raw: dict[str, Any], struct: inspect.StructType, path: Path) -> Iterator[Fault]:
    for field in struct.fields:
        here = (*path, field.encode_name)
        if field.encode_name in raw:
            yield from _faults(raw[field.encode_name], field.type, here)
        elif field.required:
            yield Fault(Code.REQUIRED, f"{field_name(here)} is required", here)


def _faults(value: object, kind: inspect.Type, path: Path) -> Iterator[Fault]:
    kinds = _members(kind)
    match = next((k for k in kinds if _fits(value, k)), None)
    if match is None:
        message = f"{field_name(path)} must be {' or '.join(_names(kinds))}"
        yield Fault(Code.TYPE_INVALID, message, path)
    elif isinstance(match, inspect.StrType):
        yield from _length_faults(str(value), match, path)
    elif isinstance(match, inspect.IntType | inspect.FloatType):
        yield from _range_faults(value, match, path)
    elif isinstance(match, inspect.LiteralType) and value not in match.values:
        allowed = ", ".join(str(v) for v in _offered(kind) or match.values)
        yield Fault(Code.NOT_ONE_OF, f"{field_name(path)} must be one of: {allowed}", path)
    elif isinstance(match, inspect.StructType):
        yield from _struct_faults(value, match, path)  # type: ignore[arg-type]
    elif isinstance(match, inspect.DictType):
        for key, child in value.items():  # type: ignore[attr-defined]
            yield from _faults(child, match.value_type, (*path, key))
    elif isinstance(match, inspect.ListType):
        yield from _list_faults(value, match, path)  # type: ignore[arg-type]


def _members(kind: inspect.Type) -> list[inspect.Type]:
    if isinstance(kind, inspect.Metadata):  # a description around the type
        return _members(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [plain for member in kind.types for plain in _members(member)]
    return [kind]


def _offered(kind: inspect.Type) -> tuple[str, ...]:
    """The words to name to whoever sent another one, if not all of them."""
    extra = kind.extra if isinstance(kind, inspect.Metadata) else None
    return tuple(extra["offered"]) if extra else ()


_PYTHON: dict[type[inspect.Type], type] = {
    inspect.StrType: str,
    inspect.BoolType: bool,
    inspect.FloatType: float,
    inspect.LiteralType: str,
    inspect.NoneType: type(None),
    inspect.StructType: dict,
    inspect.DictType: dict,
    inspect.ListType: list,
}

_NAMES: dict[type[inspect.Type], str] = {
    inspect.StrType: "a string",
    inspect.BoolType: "a boolean",
    inspect.IntType: "an integer number",
    inspect.FloatType: "a number",
    inspect.LiteralType: "a string",
    inspect.StructType: "an object",
    inspect.DictType: "an object",
    inspect.ListType: "an array",
}


def _fits(value: object, kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.IntType):
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(kind, inspect.AnyType) or isinstance(value, _PYTHON[type(kind)])


def _names(kinds: list[inspect.Type]) -> list[str]:
    named = [kind for kind in kinds if type(kind) in _NAMES]
    if _any_number(kinds):
        named = [kind for kind in named if not isinstance(kind, inspect.IntType)]
    return [_NAMES[type(kind)] for kind in named]


def _any_number(kinds: list[inspect.Type]) -> bool:
    """Whether a number with a point is as good as a whole one."""
    return any(isinstance(kind, inspect.FloatType) for kind in kinds)


def _length_faults(text: str, kind: inspect.StrType, path: Path) -> Iterator[Fault]:
    if kind.min_length is not None and len(text) < kind.min_length:
        yield too_short(path, kind.min_length)
    if kind.max_length is not None and len(text) > kind.max_length:
        yield too_long(path, kind.max_length)


def too_short(path: Path, least: int) -> Fault:
    """`<field> must be at least <n> characters`."""
    message = f"{field_name(path)} must be at least {least} characters"
    return Fault(Code.TOO_SHORT, message, path)


def too_long(path: Path, most: int) -> Fault:
    """`<field> must be at most <n> characters`."""
    return Fault(Code.TOO_LONG, f"{field_name(path)} must be at most {most} characters", path)


def _range_faults(
    value: Any, kind: inspect.IntType | inspect.FloatType, path: Path
) -> Iterator[Fault]:
    most = int(kind.le or 0)
    if kind.gt is not None:
        fits, range_ = kind.gt < value <= most, f"more than {int(kind.gt)} and at most {most}"
    else:
        least = int(kind.ge or 0)
        fits, range_ = least <= value <= most, f"between {least} and {most}"
    if not fits:
        yield Fault(Code.OUT_OF_RANGE, f"{field_name(path)} must be {range_}", path)


def _list_faults(values: list[Any], kind: inspect.ListType, path: Path) -> Iterator[Fault]:
    most = kind.max_length
    if most is not None and len(values) > most:
        name, count = field_name(path), len(values)
        message = f"{name} must contain at most {most} elements; there are {count}"
        yield Fault(Code.OUT_OF_RANGE, message, path)
        return
    for index, value in enumerate(values):
        yield from _faults(value, kind.item_type, (*path, index))
