"""Lists: what the address asks for is what is shown, and what is shown is what is exported."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.audit.models import AuditEntry
from backoffice.tenancy.models import Brand


def exported(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def names(answer) -> list[str]:
    return [row.record.name for row in answer.context["table"].paginated_rows]


def test_the_title_counts_what_passes_the_filters(visit, brands):
    brands(60)
    client = visit()
    assert '<span class="count">60</span>' in client.get("/office/brands/").content.decode()
    assert client.get("/office/brands/?q=brand 01").context["count"] == 10


def test_pages_have_the_size_that_is_asked_for(visit, brands):
    brands(60)
    client = visit()
    assert len(names(client.get("/office/brands/"))) == 50
    assert len(names(client.get("/office/brands/?per_page=25&page=3"))) == 10
    assert len(names(client.get("/office/brands/?per_page=1000000"))) == 50
    assert len(names(client.get("/office/brands/?page=999"))) == 10


def test_sorting_stands_in_the_address(visit, brands):
    brands(3)
    answer = visit().get("/office/brands/?sort=-name&q=brand")
    assert names(answer) == ["Brand 003", "Brand 002", "Brand 001"]
    page = answer.content.decode()
    assert 'aria-sort="descending"' in page
    assert "?sort=name&amp;q=brand" in page


def test_chips_name_the_active_filters_and_take_them_away(visit, brands):
    brands(2)
    answer = visit().get("/office/brands/?q=001&is_active=true&created_after=2026-03-01&sort=name&page=1")
    chips = [(chip.label, chip.text, chip.without) for chip in answer.context["chips"]]
    assert chips == [
        ("Name", "001", "?is_active=true&created_after=2026-03-01&sort=name"),
        ("Active", "yes", "?q=001&created_after=2026-03-01&sort=name"),
        ("Created", "from 2026-03-01", "?q=001&is_active=true&sort=name"),
    ]


def test_a_wrong_filter_says_so_and_hides_nothing(visit, brands):
    brands(2)
    answer = visit().get("/office/brands/?created_after=yesterday")
    assert answer.context["chips"] == []
    assert "Enter a valid date" in answer.content.decode()


def test_columns_can_be_chosen(visit, brands):
    brands(1)
    client = visit()
    usual = [column.name for column in client.get("/office/brands/").context["table"].columns]
    assert "operator" not in usual
    chosen = client.get("/office/brands/?columns=operator&columns=name").context["table"].columns
    assert [column.name for column in chosen] == ["name", "operator", "menu"]


@pytest.mark.req("OFF-20")
def test_the_export_is_what_is_shown_on_all_pages(visit, brands):
    brands(60)
    client = visit()
    rows = exported(client.get("/office/brands/?export=csv&sort=-name&columns=name&columns=created_at"))
    assert rows[0] == ["Name", "Created"]
    assert rows[1] == ["Brand 060", "2026-03-04 00:00:00 UTC"]
    assert len(rows) == 61
    filtered = exported(client.get("/office/brands/?export=csv&q=brand 01"))
    assert len(filtered) == 11
    assert "Acts" not in filtered[0]


def test_the_export_has_plain_amounts_and_harmless_texts(visit, brands):
    [brand] = brands(1)
    Brand.objects.filter(pk=brand.pk).update(name='=HYPERLINK("http://x","y")')
    rows = exported(visit().get("/office/brands/?export=csv"))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["Name"] == '\'=HYPERLINK("http://x","y")'
    assert row["Pot value"] == "-12.5"
    assert row["Id"] == "thrilltech:brand1"


def test_a_download_is_named_and_not_kept(visit, brands):
    brands(1)
    answer = visit().get("/office/brands/?export=csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="brands-')
    assert answer["Cache-Control"] == "private, no-store"


def test_an_empty_list_offers_its_beginning_to_who_may_begin(visit):
    page = visit("operator_admin").get("/office/brands/").content.decode()
    assert "No brands yet" in page
    assert 'class="btn btn-primary" href="/office/brands/new/"' in page.split("empty-state")[1]
    page = visit("analyst").get("/office/brands/").content.decode()
    assert "/office/brands/new/" not in page


def test_a_list_emptied_by_filters_offers_to_clear_them(visit, brands):
    brands(1)
    page = visit().get("/office/brands/?q=zzz").content.decode()
    assert "Nothing passes these filters" in page
    assert "No brands yet" not in page


def test_names_from_outside_are_never_markup(visit, brands):
    [brand] = brands(1)
    Brand.objects.filter(pk=brand.pk).update(name="<img src=x onerror=alert(1)>")
    page = visit().get("/office/brands/?q=<img").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_queries_do_not_grow_with_the_rows(visit, brands):
    brands(40)
    client = visit()
    counts = []
    for size in (25, 200):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"/office/brands/?per_page={size}")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_rows_lead_where_enter_goes(visit, brands):
    brands(1)
    assert 'data-href="/office/brands/thrilltech:brand1/"' in visit().get("/office/brands/").content.decode()


def test_the_row_menu_shows_what_the_viewer_may_do(visit, brands):
    brands(1)
    assert "Acts for" in visit("operator_admin").get("/office/brands/").content.decode()
    assert "Acts for" not in visit("analyst").get("/office/brands/").content.decode()


@pytest.mark.req("GEN-08")
def test_every_export_is_remembered(visit, brands):
    brands(1)
    visit("analyst").get("/office/brands/?export=csv&q=brand")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.actor_name) == (
        "export.downloaded",
        "/office/brands/",
        "analyst@thrilltech.example",
    )
    assert entry.after == {"q": ["brand"]}
    assert entry.operator_id == "thrilltech"


def test_exports_are_for_who_has_the_right(visit, brands):
    brands(1)
    client = visit("platform_admin")
    assert "Export CSV" not in client.get("/office/brands/").content.decode()
    assert client.get("/office/brands/?export=csv").status_code == 403
    assert not AuditEntry.objects.exists()
