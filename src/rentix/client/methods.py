"""How the functions that make calls become methods, with their own words and parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def dress(method: Method, build: Callable[..., Any], returns: str) -> Method:
    """Give a method the docstring and parameters of what makes its call.

    `returns` is what comes back, with `{}` for what the call is of.
    """
    made = inspect.signature(build)
    shape = str(made.return_annotation).partition("[")[2][:-1]
    of = shape.removeprefix("NoReturn, ").removesuffix(", None")
    owner = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    method.__doc__ = build.__doc__
    method.__name__ = build.__name__
    vars(method)["__signature__"] = made.replace(
        parameters=[owner, *made.parameters.values()], return_annotation=returns.format(of)
    )
    return method
