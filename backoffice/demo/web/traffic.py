"""The traffic generator's page: its counters, and the switch."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from backoffice.core import clock
from backoffice.demo.operations.count_traffic import Seen, count_traffic
from backoffice.demo.operations.switch_traffic import switch_traffic
from backoffice.web.page import OfficeView, reason_of


class TrafficPage(OfficeView):
    """What the generator saw as the partner that it plays."""

    title = "Demo traffic"
    right = "demo.traffic"
    template_name = "demo/traffic.html"

    def context(self) -> dict[str, Any]:
        """The counters as they stand."""
        traffic = count_traffic(Seen(), now=clock.now())
        return {**super().context(), "traffic": traffic, "why_not": reason_of(self.check_change)}

    def check_change(self) -> None:
        """The whole operator's."""
        self.request.scope.check_change(None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Start or stop; it plays for every brand, so that who is limited to some only watches."""
        self.refuse_foreign()
        is_running = request.POST.get("act") == "start"
        switch_traffic(is_running=is_running, now=clock.now())
        messages.success(request, "The traffic runs." if is_running else "The traffic rests.")
        return redirect("demo_traffic")


class TrafficCounters(TrafficPage):
    """The same without the frame, for the page to renew itself."""

    template_name = "demo/traffic_counters.html"
