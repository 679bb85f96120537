"""What is written of a benchmark: the day's file, the verdicts, the table and its sentence."""

from __future__ import annotations

import json
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench import GROUPS
from benchmarks.goals import Figure, judge, with_worst
from benchmarks.origin import ROOT, describe_commit
from benchmarks.report import Result, summarise
from benchmarks.runs import Bench
from benchmarks.table import describe_runs
from rentix.store.cluster import Cluster

DAY = date(2026, 11, 25)
PAGE = "# Benchmarks\n\n<!-- figures -->\nold\n<!-- /figures -->\n\nProse.\n"
ABOUT = {"machine": {"cores": 2}, "versions": {"python": "3.11"}}


def figure(ratio: float | None, ours: float = 1.0, **origin: Any) -> Figure:
    peer = None if ratio is None else 1.0
    runs = [ours] if ratio is None else [[ours, peer]] * 5
    told = {"commit": "abc1234", "seconds": 5, "measured_at": "2026-11-25T10:00:00+00:00"} | origin
    return {"ratio": ratio, "ours": ours, "peer": peer, "unit": "p99_ms", "runs": runs, **told}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "results").mkdir()
    (tmp_path / "README.md").write_text(PAGE, "utf-8")
    return tmp_path


def written(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results" / "2026-11-25.json").read_text("utf-8"))
    return found


def test_the_worse_of_two_databases_counts() -> None:
    found = with_worst({"growth_put_sqlite": figure(1.1), "growth_put_postgres": figure(1.4)})
    assert found["growth_put"]["ratio"] == 1.4
    found = with_worst({"rss_mib_sqlite": figure(None, 90), "rss_mib_postgres": figure(None, 80)})
    assert found["rss_mib"]["ours"] == 90


def test_one_database_alone_stands_for_no_goal(folder: Path) -> None:
    alone = {"growth_put_sqlite": figure(1.1), "growth_put": figure(1.1)}
    Result(ABOUT, DAY, folder).add(alone)
    assert list(written(folder)["figures"]) == ["growth_put_sqlite"]
    page = (folder / "README.md").read_text("utf-8")
    assert "| `growth_put` |  | ≤ 1.3 | half measured |  |  |  |" in page
    assert "half measured" in summarise(alone)


@pytest.mark.parametrize(
    ("name", "ratio", "verdict"),
    [
        ("put_sqlite_vs_orm", 25.0, "met"),
        ("put_sqlite_vs_orm", 24.9, "missed"),
        ("put_p99_vs_commit", 3.0, "met"),
        ("put_p99_vs_commit", 3.1, "missed"),
        ("put_sqlite_vs_rowwise", 0.1, ""),
    ],
)
def test_verdicts(name: str, ratio: float, verdict: str) -> None:
    assert judge(name, figure(ratio)) == verdict


def test_memory_is_held_against_its_goal_by_its_value() -> None:
    assert judge("rss_mib", figure(None, 150)) == "met"
    assert judge("rss_mib", figure(None, 151)) == "missed"


def test_the_table_is_written_between_the_marks(folder: Path) -> None:
    figures = {
        "get_sqlite_vs_orm": figure(17.7, 4886.6),
        "put_p99_vs_commit": figure(44.234, 27.94),
    }
    Result(ABOUT, DAY, folder).add(figures)
    assert (folder / "README.md").read_text("utf-8") == (
        "# Benchmarks\n\n<!-- figures -->\nFrom [2026-11-25.json](results/2026-11-25.json):\n\n"
        "| figure | ratio | goal | | ours | peer | unit |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| `put_p99_vs_commit` | **44.23** | ≤ 3 | missed | 27.9 | 1 | ms (p99) |\n"
        "| `get_sqlite_vs_orm` | **17.70** |  |  | 4,887 | 1 | ms (p99) |\n\n"
        "Runs of 5 s, 5 pairs each, of commit abc1234.\n<!-- /figures -->\n\nProse.\n"
    )


def test_what_was_measured_earlier_in_the_day_stays(folder: Path) -> None:
    first = {"put_sqlite_vs_orm": figure(10), "growth_get_sqlite": figure(1.0)}
    Result(ABOUT, DAY, folder).add(first)
    then = {"put_sqlite_vs_orm": figure(20, commit="def5678"), "growth_get_postgres": figure(1.2)}
    Result(ABOUT, DAY, folder).add(then)
    found = written(folder)
    assert found["machine"] == ABOUT["machine"]
    assert found["figures"] == first | then | {"growth_get": then["growth_get_postgres"]}


def test_what_was_measured_on_an_earlier_day_stays_until_it_is_measured_again(folder: Path) -> None:
    Result(ABOUT, DAY, folder).add({"put_sqlite_vs_orm": figure(10)})
    Result(ABOUT, DAY + timedelta(days=3), folder).add({"get_sqlite_vs_orm": figure(5)})
    newest = json.loads((folder / "results" / "2026-11-28.json").read_text("utf-8"))
    assert newest["figures"] == {
        "put_sqlite_vs_orm": figure(10),
        "get_sqlite_vs_orm": figure(5),
    }


def test_earlier_figures_keep_the_versions_they_were_measured_with(folder: Path) -> None:
    Result(ABOUT, DAY, folder).add({"put_sqlite_vs_orm": figure(10)})
    for python in ("3.12", "3.13", "3.13"):
        newer = ABOUT | {"versions": {"python": python}}
        Result(newer, DAY, folder).add({"get_sqlite_vs_orm": figure(5)})
    found = written(folder)
    assert found["versions"] == {"python": "3.13"}
    assert found["figures"]["put_sqlite_vs_orm"] == figure(10) | {"versions": ABOUT["versions"]}
    assert found["figures"]["get_sqlite_vs_orm"] == figure(5)


def test_figures_of_other_runs_are_named_below_the_table() -> None:
    older = figure(2.0)
    for name in ("commit", "seconds", "measured_at"):
        del older[name]
    assert describe_runs({"a": older}) == "Neither the length of the runs nor the commit was kept."
    figures = {"a": figure(1.0), "b": figure(1.0), "c": figure(1.0, seconds=2, commit="def5678")}
    assert describe_runs(figures) == (
        "`c`: runs of 2 s, 5 pairs each, of commit def5678. "
        "The others: runs of 5 s, 5 pairs each, of commit abc1234."
    )


def test_memory_of_another_commit_is_named_below_the_table() -> None:
    figures = {"a": figure(1.0), "b": figure(1.0), "m": figure(None, 9, seconds=2)}
    assert describe_runs(figures) == "Runs of 5 s, 5 pairs each, of commit abc1234."
    figures["m"]["commit"] = "def5678"
    assert describe_runs(figures).startswith("`m`: memory, of commit def5678. The others: runs of")


def test_a_figure_tells_its_commit_its_seconds_and_its_time(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Cluster.__new__(Cluster), runs=2, seconds=3, commit="abc1234")
    values = iter([4.0, 2.0, 9.0, 3.0])
    bench.compare(
        "a", "per_s", lambda _: {"per_s": next(values)}, lambda _: {"per_s": next(values)}
    )
    bench.note("m", [1.0], "MiB", 2)
    found = bench.figures["a"]
    assert (found["ratio"], found["runs"]) == (2.5, [[4.0, 2.0], [9.0, 3.0]])
    assert (found["commit"], found["seconds"], bench.figures["m"]["seconds"]) == ("abc1234", 3, 2)
    assert len(found["measured_at"]) == len("2026-11-25T10:00:00+00:00")


def test_a_commit_is_dirty_when_what_is_measured_differs(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    assert describe_commit(tmp_path) == "unknown"
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "a"], check=True)
    clean = describe_commit(tmp_path)
    (tmp_path / "benchmarks" / "results").mkdir(parents=True)
    for name in ("README.md", "results/2026-11-25.json"):
        (tmp_path / "benchmarks" / name).write_text("a benchmark writes this\n")
    assert describe_commit(tmp_path) == clean
    (tmp_path / "benchmarks" / "bench.py").touch()
    assert describe_commit(tmp_path) == f"{clean}-dirty"


def test_the_page_names_every_group() -> None:
    page = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    assert f"Groups: {', '.join(f'`{name}`' for name in GROUPS)}." in page.replace("\n", " ")
