"""How many events the services keep parked, asked at each service's own door."""

from cli.demo.stage import Stage

SERVICES = ("intake", "gateway", "cases", "notifications", "console")


async def parked(stage: Stage) -> int:
    """The number over all services that consume; raises RefusedError where one does not answer."""
    pages = [await stage.admin.read(service, "/parked", limit=1) for service in SERVICES]
    return sum(sum(page["counts"].values()) for page in pages)
