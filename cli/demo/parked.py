"""How many events the services keep parked, asked at each service's own door."""

from cli.demo.stage import Stage

SERVICES = ("intake", "cases", "notifications", "console")


async def parked(stage: Stage) -> int:
    """The number over all services that consume; raises RefusedError where one does not answer."""
    pages = [await stage.admin.read(service, "/parked") for service in SERVICES]
    return sum(len(page["parked"]) for page in pages)
