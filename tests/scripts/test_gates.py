"""The project's own gates turn red for what they are there to stop."""

from pathlib import Path

import pytest

from scripts.check_addresses import find_addresses
from scripts.check_sizes import find_oversized, main

LONGEST_ALLOWED = "def f():\n" + "    pass\n" * 59
TOO_LONG = "class C:\n    async def run(self):\n" + "        pass\n" * 60


def test_a_function_of_sixty_lines_passes(tmp_path: Path) -> None:
    (tmp_path / "fine.py").write_text(LONGEST_ALLOWED)
    assert main([str(tmp_path)]) == 0


def test_a_longer_method_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text(TOO_LONG)
    assert [line.removeprefix(str(path)) for line in find_oversized(path)] == [
        ":2: run has 61 lines, at most 60: name its steps"
    ]
    assert main([str(tmp_path)]) == 1


def test_a_file_past_four_hundred_lines_is_named(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("\n" * 400)
    assert list(find_oversized(path)) == []
    path.write_text("\n" * 401)
    assert [line.removeprefix(str(path)) for line in find_oversized(path)] == [
        ": 401 lines, at most 400: split it by subject"
    ]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("data = '/" + "work/rosters'", True),
        ("cd /" + "home/ana/rentix", True),
        ("--index-url https://py" + "pi.org/simple", True),
        ("https://rentix.example/" + "work/", False),
        ("src/rentix/" + "tmp/", False),
    ],
)
def test_machine_paths_and_registry_hosts_are_found(
    tmp_path: Path, text: str, is_found: bool
) -> None:
    path = tmp_path / "notes.md"
    path.write_text(f"first line\n{text}\n")
    found = [line.removeprefix(str(path)) for line in find_addresses(path)]
    assert found == ([f":2: {text}"] if is_found else [])


def test_a_picture_is_no_text_to_search(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(b"\x89PNG\xff/" + b"work/")
    assert list(find_addresses(path)) == []
