"""The kernel's own pages, under /office/."""

from django.urls import path

from backoffice.pages import (
    approvals,
    audit_log,
    brands,
    event_dead_letters,
    operators,
    outbox,
    preferences,
    service_account_changes,
    service_accounts,
    staff,
    staff_changes,
)

urlpatterns = [
    path("approvals/", approvals.ApprovalList.as_view(), name="approvals"),
    path("approvals/<uuid:pk>/", approvals.ApprovalPage.as_view(), name="approval"),
    path("audit-log/", audit_log.AuditList.as_view(), name="audit_log"),
    path("audit-log/<int:pk>/", audit_log.AuditEntryPage.as_view(), name="audit_entry"),
    path("outbox/", outbox.EventList.as_view(), name="outbox"),
    path("outbox/cursors/", outbox.CursorPage.as_view(), name="outbox_cursors"),
    path("outbox/dead-letters/", event_dead_letters.LetterList.as_view(), name="event_dead_letters"),
    path("outbox/dead-letters/<int:pk>/", event_dead_letters.LetterPage.as_view(), name="event_dead_letter"),
    path(
        "outbox/dead-letters/<int:pk>/replay/",
        event_dead_letters.ReplayPage.as_view(),
        name="event_dead_letter_replay",
    ),
    path(
        "outbox/dead-letters/<int:pk>/set-aside/",
        event_dead_letters.SetAsidePage.as_view(),
        name="event_dead_letter_set_aside",
    ),
    path("outbox/<uuid:pk>/", outbox.EventPage.as_view(), name="outbox_event"),
    path("staff/", staff.StaffList.as_view(), name="staff"),
    path("staff/new/", staff_changes.NewMemberPage.as_view(), name="staff_new"),
    path("staff/<int:pk>/", staff.MemberPage.as_view(), name="staff_member"),
    path("staff/<int:pk>/history/", staff.MemberHistory.as_view(), name="staff_history"),
    path("staff/<int:pk>/change/", staff_changes.ChangeMemberPage.as_view(), name="staff_change"),
    path("staff/<int:pk>/invite/", staff_changes.InviteAgainPage.as_view(), name="staff_invite"),
    path("staff/<int:pk>/reset-password/", staff_changes.PasswordResetPage.as_view(), name="staff_reset_password"),
    path("staff/<int:pk>/end-sessions/", staff_changes.EndSessionsPage.as_view(), name="staff_end_sessions"),
    path("service-accounts/", service_accounts.AccountList.as_view(), name="service_accounts"),
    path("service-accounts/new/", service_accounts.NewAccountPage.as_view(), name="service_account_new"),
    path("service-accounts/<int:pk>/", service_accounts.AccountPage.as_view(), name="service_account"),
    path(
        "service-accounts/<int:pk>/history/", service_accounts.AccountHistory.as_view(), name="service_account_history"
    ),
    path(
        "service-accounts/<int:pk>/change/",
        service_account_changes.ChangeAccountPage.as_view(),
        name="service_account_change",
    ),
    path(
        "service-accounts/<int:pk>/password/",
        service_account_changes.NewPasswordPage.as_view(),
        name="service_account_password",
    ),
    path(
        "service-accounts/<int:pk>/token/", service_account_changes.NewTokenPage.as_view(), name="service_account_token"
    ),
    path(
        "service-accounts/<int:pk>/tokens/<int:token>/revoke/",
        service_account_changes.RevokeTokenPage.as_view(),
        name="service_token_revoke",
    ),
    path("brands/", brands.BrandList.as_view(), name="brands"),
    path("brands/new/", brands.NewBrandPage.as_view(), name="brand_new"),
    path("brands/<str:pk>/", brands.BrandPage.as_view(), name="brand"),
    path("brands/<str:pk>/change/", brands.ChangeBrandPage.as_view(), name="brand_change"),
    path("operators/", operators.OperatorList.as_view(), name="operators"),
    path("operators/new/", operators.NewOperatorPage.as_view(), name="operator_new"),
    path("operators/<slug:pk>/", operators.OperatorPage.as_view(), name="operator"),
    path("operators/<slug:pk>/change/", operators.ChangeOperatorPage.as_view(), name="operator_change"),
    path("operators/<slug:pk>/admin/", operators.OperatorAdminPage.as_view(), name="operator_admin"),
    path("preferences/", preferences.PreferencesPage.as_view(), name="preferences"),
    path("preferences/leave/", preferences.LeavePage.as_view(), name="leave_everywhere"),
]
