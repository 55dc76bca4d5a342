"""The pages of reporting, under /office/."""

from django.urls import path

from reporting.web.dashboard import Dashboard
from reporting.web.ledger import LedgerLines, TransferPage, TrialBalance
from reporting.web.liability import Liability

urlpatterns = [
    path("", Dashboard.as_view(), name="dashboard"),
    path("liability/", Liability.as_view(), name="liability"),
    path("liability/lines/", LedgerLines.as_view(), name="ledger_lines"),
    path("ledger/transfers/<uuid:transfer_id>/", TransferPage.as_view(), name="transfer"),
    path("trial-balance/", TrialBalance.as_view(), name="trial_balance"),
]
