"""Plans as files, and the digest by which one is named."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import asdict, replace

from rentix.client import SetupError
from rentix.sync.plan.items import Plan

_NOT_SAID: Final = ("digest", "id", "made_at")
"""What differs between two plans that say the same."""


def sealed(plan: Plan) -> Plan:
    """The plan with its digest."""
    return replace(plan, digest=digest_of(plan))


def digest_of(plan: Plan) -> str:
    """The SHA-256 of what a plan says, in hexadecimal."""
    said = {name: value for name, value in asdict(plan).items() if name not in _NOT_SAID}
    return sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan whole or not at all; only its owner may read it, for it names people."""
    text = msgspec.json.format(msgspec.json.encode(plan), indent=2)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as fault:
        draft.unlink(missing_ok=True)
        raise SetupError(f"cannot write the plan {path}: {fault.strerror}") from fault


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises:
        SetupError: there is none, it is none, or it is not as it was written.
    """
    try:
        plan = msgspec.json.decode(path.read_bytes(), type=Plan)
    except OSError as fault:
        raise SetupError(f"cannot read the plan {path}: {fault.strerror}") from fault
    except (msgspec.MsgspecError, ValueError, RecursionError) as fault:
        raise SetupError(
            f"{path} is no plan of this version ({fault}); make one: rentix plan -o {path.name}"
        ) from fault
    if digest_of(plan) != plan.digest:
        raise SetupError(
            f"{path} was changed after it was made: its digest does not hold; make a new plan"
        )
    return plan
