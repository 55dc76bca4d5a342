"""Addresses of the pages of integrations, below /office/."""

from django.urls import path

from integrations.web.connected import IntegrationList
from integrations.web.connection_probe import FormTest, StoredTest
from integrations.web.dead_letter import DeadLetterHistory, DeadLetterPage
from integrations.web.dead_letter_acts import ReplayLetter, SetAsideLetter
from integrations.web.dead_letters import DeadLetterList
from integrations.web.dead_letters_acts import ReplayMany, SetAsideMany
from integrations.web.dry_run import DryRunPane, SamplePane
from integrations.web.integration import (
    IntegrationDeadLetters,
    IntegrationHistory,
    IntegrationMessages,
    IntegrationRounds,
)
from integrations.web.integration_acts import AcceptGap, Disconnect, RestartFeed
from integrations.web.kind_page import KindPage
from integrations.web.kinds import KindsPage
from integrations.web.letter_work import LetterWorkPage, LetterWorkPart
from integrations.web.live import LiveCharts, LiveFeed
from integrations.web.marketplace import Marketplace
from integrations.web.overview import IntegrationOverview
from integrations.web.submit import CopyIntegration, NewIntegration

urlpatterns = [
    path("integrations/", IntegrationList.as_view(), name="integrations"),
    path("integrations/new/<slug:kind>/<slug:transport>/", NewIntegration.as_view(), name="integration_new"),
    path("integrations/dry-run/<slug:kind>/<slug:transport>/", DryRunPane.as_view(), name="integration_dry_run"),
    path("integrations/samples/<slug:kind>/<slug:transport>/", SamplePane.as_view(), name="integration_samples"),
    path("integrations/test/<slug:kind>/<slug:transport>/", FormTest.as_view(), name="integration_form_test"),
    path("integrations/<uuid:key>/test/", StoredTest.as_view(), name="integration_test"),
    path("integrations/<uuid:key>/", IntegrationOverview.as_view(), name="integration"),
    path("integrations/<uuid:key>/live/", LiveFeed.as_view(), name="integration_live"),
    path("integrations/<uuid:key>/charts/", LiveCharts.as_view(), name="integration_charts"),
    path("integrations/<uuid:key>/messages/", IntegrationMessages.as_view(), name="integration_messages"),
    path("integrations/<uuid:key>/rounds/", IntegrationRounds.as_view(), name="integration_rounds"),
    path("integrations/<uuid:key>/dead-letters/", IntegrationDeadLetters.as_view(), name="integration_dead_letters"),
    path("integrations/<uuid:key>/history/", IntegrationHistory.as_view(), name="integration_history"),
    path("integrations/<uuid:key>/copy/", CopyIntegration.as_view(), name="integration_copy"),
    path("integrations/<uuid:key>/disconnect/", Disconnect.as_view(), name="integration_disconnect"),
    path("integrations/<uuid:key>/restart/", RestartFeed.as_view(), name="integration_restart"),
    path("integrations/<uuid:key>/accept-gap/", AcceptGap.as_view(), name="integration_accept_gap"),
    path("marketplace/", Marketplace.as_view(), name="marketplace"),
    path("marketplace/<slug:kind>/", KindPage.as_view(), name="kind"),
    path("kinds/", KindsPage.as_view(), name="kinds"),
    path("dead-letters/", DeadLetterList.as_view(), name="dead_letters"),
    path("dead-letters/replay/", ReplayMany.as_view(), name="dead_letters_replay"),
    path("dead-letters/set-aside/", SetAsideMany.as_view(), name="dead_letters_set_aside"),
    path("dead-letters/work/<uuid:key>/", LetterWorkPage.as_view(), name="letter_work"),
    path("dead-letters/work/<uuid:key>/part/", LetterWorkPart.as_view(), name="letter_work_part"),
    path("dead-letters/<int:key>/", DeadLetterPage.as_view(), name="dead_letter"),
    path("dead-letters/<int:key>/history/", DeadLetterHistory.as_view(), name="dead_letter_history"),
    path("dead-letters/<int:key>/replay/", ReplayLetter.as_view(), name="dead_letter_replay"),
    path("dead-letters/<int:key>/set-aside/", SetAsideLetter.as_view(), name="dead_letter_set_aside"),
]
