"""`phoihop`: the command line of the bus. Each command group is a file of its own beside this one."""

import typer

from cli.demo.command import app as demo
from cli.doctor import app as doctor
from cli.login import app as login
from cli.reference import app as reference
from cli.stack import app as stack
from cli.up import app as up

app = typer.Typer(
    name="phoihop",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Phối Hợp: the message bus on which agencies coordinate against smuggling, fraud and counterfeits online.",
)
app.add_typer(stack, name="stack")
app.add_typer(up)
app.add_typer(demo)
app.add_typer(login)
app.add_typer(reference, name="reference")
app.add_typer(doctor)


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
