"""Rows of what belongs to no operator: the documentation, the health of the process, the way in."""

from tests.authorization.matrix import NOBODY, ROLES, ROOT, VIEWERS, Ask, Row
from tests.raffles import open_raffle

EVERYBODY = frozenset(ROLES)
PEOPLE = VIEWERS

ROWS = [
    *(
        Row(route=route, method="GET", may=EVERYBODY, foreign=None)
        for route in ("healthz", "security_txt", "docs_index", "docs_search")
    ),
    # Whether the process is ready is another matter than whom it tells so.
    Row(route="readyz", method="GET", may=EVERYBODY, foreign=None, yes=frozenset((200, 503))),
    Row(route="docs", method="GET", may=EVERYBODY, foreign=None, yes=302),
    Row(route="docs_page", method="GET", may=EVERYBODY, foreign=None, ask=lambda _cast: Ask({"slug": "errors"})),
    *(Row(route=route, method="GET", may=EVERYBODY, foreign=None, nobody=200) for route in ("verify", "verify_script")),
    *(
        Row(route=route, method="GET", may=EVERYBODY, ask=ask, foreign=200, nobody=200, is_public=True)
        for route, ask in (
            ("verify_round", lambda cast: Ask({"instance_id": open_raffle(cast.house).pk, "number": 1})),
            ("verify_instance", lambda cast: Ask({"instance_id": cast.instance.pk})),
            (
                "verify_cycle",
                lambda cast: Ask(
                    {"instance_id": cast.instance.pk, "pot": cast.instance.pots.all()[0].code, "cycle": 1}
                ),
            ),
        )
    ),
    Row(route="metrics", method="GET", may=EVERYBODY, foreign=None),
    Row(route="home", method="GET", may=EVERYBODY, foreign=None, yes=302),
    Row(route="admin:index", method="GET", may=frozenset((ROOT,)), no=302, nobody=302),
]

__all__ = ["NOBODY", "ROWS"]
