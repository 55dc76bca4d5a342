"""The pages of reporting, under /office/."""

from django.urls import path

from reporting.web.account import AccountLines
from reporting.web.dashboard import AlarmsFragment, Dashboard
from reporting.web.exports import ExportList
from reporting.web.ledger import LedgerLines, TrialBalance
from reporting.web.liability import Liability

urlpatterns = [
    path("", Dashboard.as_view(), name="dashboard"),
    path("alarms/", AlarmsFragment.as_view(), name="dashboard_alarms"),
    path("liability/", Liability.as_view(), name="liability"),
    path("liability/lines/", LedgerLines.as_view(), name="ledger_lines"),
    path("exports/", ExportList.as_view(), name="exports"),
    path("accounts/<int:account_id>/", AccountLines.as_view(), name="account"),
    path("trial-balance/", TrialBalance.as_view(), name="trial_balance"),
]
