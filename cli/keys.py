"""`phoihop keys …`: the custody of the keys of dossiers, for the operator of this home.

Exit codes: 0 done; 1 it failed (the message names the remedy; the same command again goes on); 2 wrong usage.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.client import say
from cli.form_file import wrong_usage
from cli.stack import home, told
from infra.stack.errors import StackError

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="The master key and the keys that it wraps: rotate, back up, put back.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def rotate(as_json: Json = False) -> None:
    """Make a new master key, wrap every dossier's key anew, disable the old one. Services go on meanwhile."""
    from infra.stack import key_rotation
    from infra.stack.secrets import SecretFiles

    def progress(done: int) -> None:
        typer.echo(f"{done} keys wrapped anew", err=True)

    with told(as_json=as_json):
        found = _connected(lambda one: key_rotation.rotate(SecretFiles(home().secrets), one, told=progress))
    resumed = "went on with an interrupted rotation; " if found.resumed else ""
    text = f"{resumed}{found.rewrapped} keys are wrapped by the master key {found.primary}; the old one is disabled"
    say({"primary": found.primary, "rewrapped": found.rewrapped, "resumed": found.resumed}, as_json=as_json, text=text)


@app.command()
def backup(as_json: Json = False) -> None:
    """Write the wrapped keys of this moment to a file, and remove files whose time is over."""
    from infra.stack import key_backups

    with told(as_json=as_json):
        made = _connected(lambda one: key_backups.take(one, home().root, datetime.now(UTC)))
    _say_all([made], as_json=as_json)


@app.command("list")
def list_backups(as_json: Json = False) -> None:
    """The backups there are, the newest first, and when each is removed; those whose time is over go now."""
    from infra.stack import key_backups

    key_backups.sweep(home().root, datetime.now(UTC))
    _say_all(key_backups.backups(home().root), as_json=as_json)


@app.command()
def restore(
    name: Annotated[str, typer.Argument(metavar="FILE", help="The name of a backup, as `keys list` shows it.")],
    as_json: Json = False,
) -> None:
    """Put back keys that the database has lost. What any backup knows to be erased stays erased, or becomes so."""
    from infra.stack import key_backups

    key_backups.sweep(home().root, datetime.now(UTC))
    chosen = next((one for one in key_backups.backups(home().root) if one.path.name == name), None)
    if chosen is None:
        wrong_usage(f"there is no backup {name}: take one of `phoihop keys list`")
    with told(as_json=as_json):
        done = _connected(lambda one: key_backups.put_back(one, chosen, home().root))
    found = {"put_back": done.put_back, "known": done.known, "erased": done.erased}
    text = f"{done.put_back} keys put back; {done.known} were there; {done.erased} are erased and stay so"
    say(found, as_json=as_json, text=text)


def _say_all(found: list[Any], *, as_json: bool) -> None:
    rows = [
        {
            "file": one.path.name,
            "taken_at": one.taken_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "keys": one.keys,
        }
        for one in found
    ]
    text = "\n".join(f"{row['file']}  {row['keys']} keys, until {row['ends_at']}" for row in rows)
    say({"backups": rows}, as_json=as_json, text=text or "there is no backup of keys")


def _connected(act: "Callable[[asyncpg.Connection], Awaitable[T]]") -> T:
    """Runs with the superuser's connection. Raises `StackError` where the stack of this home is not up."""
    import asyncpg

    from infra.stack import postgres
    from infra.stack.info import StackInfo
    from infra.stack.secrets import SecretFiles

    place, secrets = home(), SecretFiles(home().secrets)
    if not place.info.exists() or not secrets.exists(postgres.SUPERUSER_SECRET):
        raise StackError(f"the stack of {place.root} is not up", "Run `phoihop stack up`")
    where = StackInfo.model_validate_json(place.info.read_text("utf-8")).postgres

    async def connected() -> T:
        login = (where.host, where.port, secrets.read(postgres.SUPERUSER_SECRET), where.database)
        try:
            connection = await postgres.superuser(*login)
        except (OSError, asyncpg.PostgresError) as error:
            raise StackError(f"PostgreSQL does not answer: {error}", "Run `phoihop stack up`") from error
        try:
            return await act(connection)
        finally:
            await connection.close()

    from infra.stack.blocking import finish

    return finish(connected())
