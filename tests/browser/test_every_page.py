"""Every page of ours, visited: no complaint of console, policy or axe, no other host, nothing wider than a phone."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest

from tests.backoffice.web.browser import Visitor

ADMIN, ROOT = "admin@thrilltech.example", "root@potluck.example"
NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
OURS = ("/office/", "/docs/", "/accounts/")
LEFT_ALONE = ("/accounts/logout/", "export=csv")
ALSO = ["/office/templates/new/", "/office/instances/open/", "/office/nowhere/", "/docs/?q=win"]
PAGES_AT_MOST = 150


def shape(path: str) -> str:
    """One page of each kind is enough: the address with its ids taken out, and without its query."""
    return NUMBERS.sub("#", urlsplit(path).path)


def crawl(guest: Visitor) -> list[str]:
    """One address of every shape that links lead to, from the dashboard on."""
    found: dict[str, str] = {}
    waiting = deque(["/office/", "/docs/", *ALSO])
    while waiting and len(found) < PAGES_AT_MOST:
        path = waiting.popleft()
        if shape(path) in found:
            continue
        found[shape(path)] = path
        guest.open(path)
        links = guest.page.eval_on_selector_all("a[href], [data-href]", "all => all.map(a => a.href || a.dataset.href)")
        for link in links:
            address = urlsplit(link)
            inside = not address.netloc or link.startswith(guest.base)
            if inside and address.path.startswith(OURS) and not any(part in link for part in LEFT_ALONE):
                waiting.append(address.path + (f"?{address.query}" if "tab" in address.query else ""))
    return list(found.values())


@pytest.mark.req("B-29", "R-39")
@pytest.mark.parametrize("email", [ADMIN, ROOT])
def test_every_page_is_clean_on_a_desk_and_on_a_phone(enter, email) -> None:
    guest: Visitor = enter(email)
    pages = crawl(guest)
    assert len(pages) > 30
    phone: Visitor = enter(email, width=390, dark=True)
    faults: list[str] = []
    for path in pages:
        for visitor, where in ((guest, "desk"), (phone, "phone")):
            visitor.complaints.clear()
            visitor.open(path)
            faults += [f"{path} at the {where}: {one}" for one in visitor.accessibility()]
            faults += [f"{path} at the {where}: {one}" for one in visitor.complaints if "status of 404" not in one]
            if visitor.overflow() > 0:
                faults.append(f"{path} at the {where}: {visitor.overflow()} pixels too wide")
    assert {host.split(":")[0] for host in guest.hosts | phone.hosts} == {"127.0.0.1"}
    assert not faults, "\n".join(faults)
