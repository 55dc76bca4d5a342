"""One account of the ledger: what it holds, and every line that made it so, with its transfer."""

from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse

from reporting.queries.lines import PAGE, after, sum_of
from reporting.queries.one_account import account, account_lines
from reporting.web.ledger import place_of
from reporting.web.liability import ReportView


class AccountLines(ReportView):
    """`/office/accounts/<id>/`; `?after=` goes on."""

    right = "ledger.view"
    template_name = "reporting/account.html"

    @cached_property
    def account(self) -> Any:
        """The account of the address, of the viewer's operator; 404 for any other."""
        found = account(self.request.scope, self.kwargs["account_id"])
        if found is None:
            raise Http404("There is no such account.")
        return found

    def page_title(self) -> str:
        """`Seed reserve of Mega Lucky mini`."""
        row = self.account
        of = row.pot.code if row.pot else row.brand_id or ""
        return f"{row.get_kind_display()} of {row.instance.name} {of}".strip()

    def context(self) -> dict[str, Any]:
        """The balance, and a page of lines, the newest first."""
        rows = account_lines(self.request.scope, self.account)
        place = place_of(self.request.GET.get("after", ""))
        page = list((after(rows, *place) if place else rows)[: PAGE + 1])
        following = ""
        if len(page) > PAGE:
            page = page[:PAGE]
            following = f"?after={page[-1].occurred_at.isoformat().replace('+', '%2B')}~{page[-1].id}"
        return {
            **super().context(),
            "account": self.account,
            "lines": page,
            "sum": sum_of(rows),
            "next": following,
            "beginning": self.request.path if place else "",
        }

    def crumbs(self) -> list[tuple[str, str]]:
        """The trial balance."""
        return [("Trial balance", reverse("trial_balance"))]
