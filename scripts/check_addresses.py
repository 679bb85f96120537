"""Fail when a tracked file names a path of one machine or the host of a package registry.

Such a line works where it was written and nowhere else. Usage: check_addresses.py
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# Each pattern is written so that it does not match its own line here.
FORBIDDEN = re.compile(
    r"(?:^|[^\w.])/(?:[w]ork|[f]arm|[r]oot|[t]mp|[h]ome/\w+)/"
    r"|[p]ypi\.org|python[h]osted|npm[j]s\.|deb\.[d]ebian"
)


def find_addresses(path: Path) -> Iterator[str]:
    """Yield `file:line: text` for each line of a text file that names such an address."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:  # a picture or an archive holds no line to read
        return
    for number, line in enumerate(lines, start=1):
        if FORBIDDEN.search(line):
            yield f"{path}:{number}: {line.strip()[:120]}"


def list_tracked_files() -> list[Path]:
    """Return the files that git tracks and that are still there."""
    listing = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True)
    paths = [Path(name) for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def main() -> int:
    """Print every such line in the tracked files; return 1 if there is one."""
    found = [line for path in list_tracked_files() for line in find_addresses(path)]
    for line in found:
        print(line)
    print(f"No machine's path and no registry's host may be committed: {len(found)} found.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
