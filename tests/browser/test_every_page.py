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


def narrowed(guest: Visitor, path: str) -> list[str]:
    """What is wrong with the page that is open once it is a phone's, in the dark."""
    guest.page.emulate_media(color_scheme="dark")
    guest.page.set_viewport_size({"width": 390, "height": 844})
    found = faults_of(guest, path, with_axe=False)
    guest.page.set_viewport_size({"width": 1440, "height": 900})
    guest.page.emulate_media(color_scheme="light")
    return found


def crawl(guest: Visitor) -> tuple[list[str], list[str]]:
    """One address of every shape that links lead to, from the dashboard on; and what is wrong with them, on the desk
    and on a phone."""
    found: dict[str, str] = {}
    faults: list[str] = []
    waiting = deque(["/office/", "/docs/", *ALSO])
    while waiting:
        path = waiting.popleft()
        if shape(path) in found:
            continue
        found[shape(path)] = path
        guest.open(path)
        faults += faults_of(guest, path, with_axe=True) + narrowed(guest, path)
        waiting.extend(links_of(guest))
    return list(found.values()), faults


@pytest.mark.req("B-29", "R-39")
@pytest.mark.parametrize("email", [ADMIN, ROOT] if LONG else [ADMIN])
def test_every_page_is_clean_on_a_desk_and_on_a_phone(enter, email) -> None:
    guest: Visitor = enter(email)
    pages, faults = crawl(guest)
    assert len(pages) > 30
    hosts = guest.hosts
    if LONG:
        phone: Visitor = enter(email, width=390, dark=True)
        for path in pages:
            phone.open(path)
            faults += faults_of(phone, path, with_axe=True)
        hosts |= phone.hosts
    assert {host.split(":")[0] for host in hosts} == {"127.0.0.1"}
    assert not faults, "\n".join(faults)
