"""The configuration of nginx in the documentation, in front of a real service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from rentix.api.addresses import listen
from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import blob_key, name_of_key
from tests.docs.pages import ROOT, blocks
from tests.service import Service
from tests.worker.studio import until

pytestmark = [
    pytest.mark.slow,  # starts a process
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed"),
]
PICTURE = b"a picture of sorts"
KB = 1024
_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def configure(folder: Path, backend: str, port: int) -> Path:
    """Write the configuration of the page, without TLS and on free ports."""
    [block] = [b for b in blocks(ROOT / "docs/howto/tls.md") if b.language == "nginx"]
    plain = re.sub(r"^\s*ssl_.*\n", "", block.code, flags=re.MULTILINE)
    plain = plain.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    plain = plain.replace("http://127.0.0.1:8000", backend)
    own = [f"{name}_temp_path {folder}/{name};" for name in _FOLDERS]
    user = "" if os.getuid() else "user root;\n"  # its workers read and write in the test's folder
    config = folder / "nginx.conf"
    config.write_text(
        f"{user}pid {folder}/pid; daemon off; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {' '.join(own)}\n{plain}\n}}\n"
    )
    return config


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/livez").status_code == 200
    except httpx2.ConnectError:
        return False


@contextmanager
def proxied(folder: Path, backend: str) -> Iterator[httpx2.Client]:
    """Run nginx before the service while the block runs; a client of it."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    command = ["nginx", "-c", str(configure(folder, backend, port)), "-p", str(folder)]
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log) as nginx:
        try:
            until(lambda: nginx.poll() is not None or answers(url))
            assert nginx.poll() is None, (folder / "log").read_text()
            with httpx2.Client(base_url=url, timeout=30) as client:
                yield client
        finally:
            nginx.terminate()


def test_all_of_the_service_is_seen_through_it(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs")
    blobs.put(blob_key(PICTURE), PICTURE)
    service = Service(tmp_path / "data", blobs=blobs)
    with service.running(), proxied(tmp_path, service.url) as client:
        seen = client.get(f"/media/files/{name_of_key(blob_key(PICTURE))}")
        assert (seen.status_code, seen.content) == (200, PICTURE)
        tenant = service.new_tenant()
        tenant.create("a/b")
        key = {"X-API-Key": tenant.key}
        found = client.get("/api/v1/users/external/a%2Fb", headers=key)
        assert found.json()["externalId"] == "a/b"
        large = client.put("/api/v1/users", headers=key, json={"name": "x" * 900 * KB})
        assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
        place = tenant.http.post("/media/upload", json={}).json()["uploadUrl"]
        path = place[place.index("/api/") :]
        assert client.put(path, content=bytes(10 * KB * KB)).status_code == 200
        tenant.close()
