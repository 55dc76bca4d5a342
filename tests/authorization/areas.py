"""Which part of the product each route belongs to, and which routes are somebody else's to guard."""

from dataclasses import dataclass

from tests.authorization import machines, pages
from tests.authorization.matrix import Row
from tests.authorization.routes import Route, all_routes


@dataclass(frozen=True)
class Area:
    """Routes by the start of their address, with their rows of the matrix."""

    name: str
    starts: tuple[str, ...]
    rows: tuple[Row, ...]

    def holds(self, route: Route) -> bool:
        """Whether the route is of this area."""
        return route.address.startswith(self.starts)


MACHINE_STARTS = ("authenticate/", "jackpots/", "instances/", "sources", "currencies", "event", "v1/", "api/v1/")
MACHINES = Area("machines", MACHINE_STARTS, tuple(machines.ROWS))
PAGES = Area("pages", ("office/",), tuple(pages.ROWS))
AREAS = (MACHINES, PAGES)


def routes_of(area: Area) -> list[Route]:
    """The routes of the area."""
    return [route for route in all_routes() if area.holds(route)]
