"""`phoihop`: the command line of the bus. Each command group is a file of its own beside this one."""

import typer

from cli.case import app as case
from cli.demo.command import app as demo
from cli.desk import app as desk
from cli.doctor import app as doctor
from cli.events import app as events
from cli.feed import app as feed
from cli.keys import app as keys
from cli.login import app as login
from cli.metrics import app as metrics
from cli.outbox import app as outbox
from cli.parked import app as parked
from cli.privacy import app as privacy
from cli.projection import app as projection
from cli.reference import app as reference
from cli.search import app as search
from cli.stack import app as stack
from cli.tip import app as tip
from cli.up import app as up
from cli.usage import app as usage

app = typer.Typer(
    name="phoihop",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Phối Hợp: the message bus on which agencies coordinate against smuggling, fraud and counterfeits online.",
)
app.add_typer(stack, name="stack")
app.add_typer(up)
app.add_typer(usage)
app.add_typer(metrics)
app.add_typer(demo)
app.add_typer(login)
app.add_typer(tip, name="tip")
app.add_typer(desk, name="desk")
app.add_typer(case, name="case")
app.add_typer(search)
app.add_typer(feed, name="feed")
app.add_typer(events, name="events")
app.add_typer(parked, name="parked")
app.add_typer(privacy, name="privacy")
app.add_typer(keys, name="keys")
app.add_typer(outbox, name="outbox")
app.add_typer(projection, name="projection")
app.add_typer(reference, name="reference")
app.add_typer(doctor)


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
