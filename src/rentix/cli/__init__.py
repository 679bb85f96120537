"""The `rentix` command: one file per command, loaded when it is called.

Exit codes: 0 done, 1 some rows rejected, 2 bad usage or no connection.
"""

from __future__ import annotations

import sys

from cyclopts import App, CycloptsError

import rentix
from rentix.cli.output import Stop, say_error

app = App(
    name="rentix",
    version=rentix.__version__,
    help="Keep real-estate agents' profiles true on a property portal.",
    result_action="return_value",
)

app.command("rentix.cli.serve:serve")
app.command("rentix.cli.sandbox:sandbox")
app.command("rentix.cli.sync:sync")
app.command("rentix.cli.demo:demo")

agency = App(name="agency", help="Create, suspend and resume agencies; switch CRM access.")
agency.command("rentix.cli.agency:create")
agency.command("rentix.cli.agency:suspend")
agency.command("rentix.cli.agency:resume")
agency.command("rentix.cli.agency:crm")
app.command(agency)

key = App(name="key", help="Create, list and revoke API keys.")
key.command("rentix.cli.key:create")
key.command("rentix.cli.key:list_keys", name="list")
key.command("rentix.cli.key:revoke")
app.command(key)

user = App(name="user", help="Agents who register on the portal themselves.")
user.command("rentix.cli.user:register")
app.command(user)

_SERVER_PARTS = ("apsw", "starlette", "uvicorn", "structlog", "prometheus_client")


def main(tokens: list[str] | None = None) -> int:
    """Run the command line; the exit code is returned."""
    try:
        result = app(tokens, exit_on_error=False)
    except CycloptsError:
        return 2  # cyclopts has said what is wrong
    except Stop as stop:
        say_error(str(stop))
        return 2
    except ImportError as error:  # cyclopts wraps the one of a command that it loads
        cause = error.__cause__ or error
        if not (isinstance(cause, ModuleNotFoundError) and cause.name in _SERVER_PARTS):
            raise
        say_error('this command needs the server: pip install "rentix[server]"')
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0
