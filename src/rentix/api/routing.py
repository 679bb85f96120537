"""From a method and a path to an endpoint."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rentix.api.routes import Route
from rentix.errors import Code, Problem

_SHOWN_PATH = 200
_VARIABLE = re.compile(r"{(\w+)(:path)?}")

Methods = dict[str, Route]


class Router:
    """The table of endpoints, by path. Paths without variables come before those with them."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._fixed: dict[str, Methods] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], Methods]]] = {}
        for path in dict.fromkeys(route.base + route.path for route in routes):
            methods = {r.method: r for r in routes if r.base + r.path == path}
            if "GET" in methods:
                methods["HEAD"] = methods["GET"]
            if "{" in path:
                self._patterns.setdefault(_subject(path), []).append((_compile(path), methods))
            else:
                self._fixed[path] = methods

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The endpoint, and the variable parts of the path by name.

        Raises:
            Problem: 404 for a path that is not known, 405 for a method that it does not take.
        """
        methods, names = self._find_resource(path)
        if methods is None:
            raise Problem(Code.ROUTE_UNKNOWN, f"Cannot {method} {path[:_SHOWN_PATH]}")
        route = methods.get(method)
        if route is None:
            allowed = ", ".join(methods)
            message = f"Cannot {method} {path[:_SHOWN_PATH]}; use {allowed}"
            raise Problem(Code.METHOD_NOT_ALLOWED, message, allowed=allowed)
        return route, names

    def _find_resource(self, path: str) -> tuple[Methods | None, dict[str, str]]:
        methods = self._fixed.get(path)
        if methods is not None:
            return methods, {}
        for pattern, methods in self._patterns.get(_subject(path), ()):
            match = pattern.fullmatch(path)
            if match:
                return methods, match.groupdict()
        return None, {}


def _subject(path: str) -> str:
    """The word by which patterns are told apart at once: `users` of /api/v1/users/7."""
    words = path.split("/", 4)
    return words[min(3, len(words) - 1)] if words[1:2] == ["api"] else words[min(1, len(words) - 1)]


def _compile(template: str) -> re.Pattern[str]:
    """`/users/{id}` as a pattern; only a variable marked `:path` takes slashes."""
    escaped = template.replace(".", r"\.")
    pattern = _VARIABLE.sub(lambda v: f"(?P<{v[1]}>{'.+' if v[2] else '[^/]+'})", escaped)
    return re.compile(pattern, re.DOTALL)  # an external id may hold line ends
