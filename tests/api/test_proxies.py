"""Whose word is taken for a client's address: it decides who is slowed for guessing keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from rentix.api.addresses import listen
from rentix.api.app import App
from rentix.api.portal import Portal
from rentix.api.proxies import LOOPBACK
from rentix.api.server import Server
from rentix.cli import main
from rentix.store.sqlite import SqliteStore

GUESSES = 25


@contextmanager
def served(directory: Path, proxies: Sequence[str]) -> Iterator[str]:
    app = App(Portal(SqliteStore(directory), lambda: 1_700_000_000_000))
    listener = listen("127.0.0.1", 0)
    server = Server(app, proxies)
    thread = threading.Thread(target=server.run, args=(listener,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1/users"
    finally:
        server.stop()
        thread.join()


def guess(url: str) -> set[int]:
    """Send wrong keys, each as if forwarded for another client; return the statuses."""
    with httpx2.Client() as http:
        return {
            http.get(
                url, headers={"X-API-Key": "wrong", "X-Forwarded-For": f"192.0.2.{n}"}
            ).status_code
            for n in range(GUESSES)
        }


def test_a_proxy_on_this_machine_names_the_client(tmp_path: Path) -> None:
    with served(tmp_path, LOOPBACK) as url:
        assert guess(url) == {401}


def test_nobody_else_can_hide_behind_a_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    with served(tmp_path, ["10.0.0.0/8"]) as url:
        assert guess(url) == {401, 429}


def test_a_proxy_must_be_an_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["serve", "--data", str(tmp_path), "--proxy", "nginx"])
    assert code == 2
    assert "--proxy nginx is no address or network" in capsys.readouterr().err
