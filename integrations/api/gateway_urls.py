"""The gateway's routes of integrations."""

from django.urls import path

from integrations.api.receiving import ReceiveEvent

urlpatterns = [path("event", ReceiveEvent.as_view(), name="gateway-event")]
