"""A stand-in customs system: `python -m adapters.customs.standin [--declarations [FILE]] [--seed N] [--rows N]`.

Without `--declarations` it invents `--rows` declarations from `--seed`. With it, it reads a file in the format of
`customs-declarations-2021Q2.csv` (published synthetic customs data, the name when FILE is left out), looked for as
given and then in the folder `PHOIHOP_DATA`. It listens where `<home>/services.json` says for `customs-standin`, and
writes the token that it asks for to `<home>/secrets/customs-standin-token`. The home is `PHOIHOP_HOME`. A signal
ends it once open requests are answered; exit code 2 says that the file, the options or the home cannot be used.
"""

import argparse
import os
import sys
from typing import NoReturn
from urllib.parse import urlsplit

import structlog
import uvicorn

from adapters.customs.settings import SOURCE, TOKEN, CustomsSettings
from adapters.customs.standin import generator, published
from adapters.customs.standin.api import create_app
from adapters.customs.standin.shelf import Shelf
from adapters.customs.standin.token import token_of
from adapters.sdk.errors import ConfigurationError
from adapters.sdk.process import MISCONFIGURED, configure

DRAIN_SECONDS = 5


def main() -> None:
    """Read the command line, open the source, serve until a signal."""
    asked = _parser().parse_args()
    settings = CustomsSettings()
    configure(SOURCE, settings.log)
    try:
        shelf = _shelf(asked)
        address = urlsplit(settings.url(SOURCE))
    except (published.DeclarationsError, ConfigurationError) as error:
        _refuse(str(error))
    if address.hostname is None or address.port is None:
        _refuse(f"services.json names no host and port for {SOURCE}: run `phoihop up` again")
    app = create_app(shelf, token_of(settings.home / "secrets" / TOKEN))
    told = {"source": shelf.source, "rows": len(shelf.rows), "flagged": shelf.flagged()}
    structlog.get_logger().info("standin_started", **told, seed=asked.seed, notice=shelf.notice)
    uvicorn.run(
        app,
        host=address.hostname,
        port=address.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _shelf(asked: argparse.Namespace) -> Shelf:
    if asked.declarations is None:
        return generator.generate(asked.seed, asked.rows)
    return published.read(published.find(asked.declarations, os.environ.get("PHOIHOP_DATA")))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m adapters.customs.standin", description="A stand-in customs system."
    )
    said = f"a file in the format of {published.PUBLISHED}, which it is when FILE is left out"
    parser.add_argument("--declarations", nargs="?", const=published.PUBLISHED, metavar="FILE", help=said)
    parser.add_argument("--seed", type=int, default=generator.SEED, help="of the generator (default: %(default)s)")
    parser.add_argument("--rows", type=_count, default=generator.COUNT, help="of the generator (default: %(default)s)")
    return parser


def _count(text: str) -> int:
    found = int(text)
    if not 1 <= found <= generator.MOST:
        raise argparse.ArgumentTypeError(f"must be from 1 to {generator.MOST}")
    return found


def _refuse(reason: str) -> NoReturn:
    structlog.get_logger().error("standin_misconfigured", reason=reason)
    sys.exit(MISCONFIGURED)


if __name__ == "__main__":
    main()
