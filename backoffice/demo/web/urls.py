"""The demo's page; there only where the environment is the demo."""

from django.urls import path

from backoffice.demo.web.traffic import TrafficCounters, TrafficPage

urlpatterns = [
    path("office/demo/traffic/", TrafficPage.as_view(), name="demo_traffic"),
    path("office/demo/traffic/counters/", TrafficCounters.as_view(), name="demo_traffic_counters"),
]
