"""Every page of ours, visited: no complaint of console, policy or axe, no other host, nothing wider than a phone."""

import os
import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.backoffice.web.browser import Visitor

ADMIN, ROOT = "admin@thrilltech.example", "root@potluck.example"
NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
OURS = ("/office/", "/docs/", "/accounts/")
LEFT_ALONE = ("/accounts/logout/", "export=csv", "/export/", "/docs/guide/")
ALSO = ["/office/templates/new/", "/office/instances/open/", "/office/nowhere/", "/docs/?q=win"]
LONG = os.environ.get("POTLUCK_LONG") == "1"


def shape(path: str) -> str:
    """One page of each kind is enough: the address with its ids taken out, and without its query."""
    return NUMBERS.sub("#", urlsplit(path).path)


def links_of(guest: Visitor) -> Iterator[str]:
    """The paths of our pages that the open one leads to."""
    script = "all => all.map(one => new URL(one.href || one.dataset.href, location.href).href)"
    for link in guest.page.eval_on_selector_all("a[href], [data-href]", script):
        path = urlsplit(link).path
        if link.startswith(guest.base) and path.startswith(OURS) and not any(part in link for part in LEFT_ALONE):
            yield path


def faults_of(guest: Visitor, path: str, *, with_axe: bool) -> list[str]:
    """What is wrong with the page that is open."""
    where = f"{path} at {guest.page.viewport_size['width']} px" if guest.page.viewport_size else path
    found = [f"{where}: {one}" for one in guest.complaints if "status of 404" not in one]
    if with_axe:
        found += [f"{where}: {one}" for one in guest.accessibility()]
    if guest.overflow() > 0:
        found.append(f"{where}: {guest.overflow()} pixels too wide")
    guest.complaints.clear()
    return found


def crawl(guest: Visitor) -> tuple[list[str], list[str]]:
    """One address of every shape that links lead to, from the dashboard on; and what is wrong with them."""
    found: dict[str, str] = {}
    faults: list[str] = []
    waiting = deque(["/office/", "/docs/", *ALSO])
    while waiting:
        path = waiting.popleft()
        if shape(path) in found:
            continue
        found[shape(path)] = path
        guest.open(path)
        faults += faults_of(guest, path, with_axe=True)
        waiting.extend(links_of(guest))
    return list(found.values()), faults


@pytest.mark.req("B-29", "R-39")
@pytest.mark.parametrize("email", [ADMIN, ROOT] if LONG else [ADMIN])
def test_every_page_is_clean_on_a_desk_and_on_a_phone(enter, email) -> None:
    guest: Visitor = enter(email)
    pages, faults = crawl(guest)
    assert len(pages) > 30
    phone: Visitor = enter(email, width=390, dark=True)
    for path in pages:
        phone.open(path)
        faults += faults_of(phone, path, with_axe=LONG)
    assert {host.split(":")[0] for host in guest.hosts | phone.hosts} == {"127.0.0.1"}
    assert not faults, "\n".join(faults)
