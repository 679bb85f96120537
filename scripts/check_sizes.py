"""Fail when a Python file or function has grown past what a reader takes in at once.

Usage: check_sizes.py FOLDER...  (a folder that does not exist holds nothing too long)
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def find_oversized(path: Path) -> Iterator[str]:
    """Yield one sentence for the file and for each function in it that is too long."""
    source = path.read_text(encoding="utf-8")
    lines = len(source.splitlines())
    if lines > MAX_FILE_LINES:
        yield f"{path}: {lines} lines, at most {MAX_FILE_LINES}: split it by subject"
    for node in ast.walk(ast.parse(source, str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                where = f"{path}:{node.lineno}: {node.name}"
                yield f"{where} has {lines} lines, at most {MAX_FUNCTION_LINES}: name its steps"


def main(folders: list[str]) -> int:
    """Print every offender under the folders; return 1 if there is one."""
    paths = sorted(path for folder in folders for path in Path(folder).rglob("*.py"))
    offenders = [line for path in paths for line in find_oversized(path)]
    for line in offenders:
        print(line)
    print(f"{len(paths)} files checked for size, {len(offenders)} too long.")
    return 1 if offenders else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
