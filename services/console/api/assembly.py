"""The app of console from its doors: what the composition root and the tests of the doors both start."""

from importlib.resources import files

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bus.retry import passing
from services.console.api import board, cases, errors, search, signing, streams, twins
from services.console.api.doors import HEADERS, Doors
from services.runtime.actors import Actors
from services.runtime.app import App, create_app
from services.runtime.health import Health
from services.runtime.metrics.meters import Meters

NAME = "console"
_HOUR = "public, max-age=3600"


class Looks(StaticFiles):
    """Styles, fonts, icons and the script, which are the same for everybody and may be kept for an hour."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, under the headers of every page but the one that forbids keeping it."""
        found = await super().get_response(path, scope)
        found.headers.update({**HEADERS, "Cache-Control": _HOUR})
        return found


def assembled(doors: Doors, actors: Actors, health: Health, meters: Meters | None = None) -> App:
    """Every door, with pages for errors of pages and problems for those of programs."""
    # The stream of the list stands before the page of a case, whose path would take it for an id.
    routers = [signing.router, streams.router, board.router, cases.router, search.router, twins.router]
    app = create_app(NAME, routers, health=health, actors=actors, passing=passing, meters=meters)
    errors.install(app)
    app.mount("/static", looks(), name="static")
    app.state.doors = doors
    return app


def looks() -> Looks:
    """What ships of them."""
    return Looks(directory=str(files("services.console").joinpath("web/static")))
