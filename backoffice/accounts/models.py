"""Who may come in: staff by e-mail and password, services by a token."""

from collections.abc import Iterator
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac

from backoffice.core import clock, guards
from backoffice.tenancy.models import Operator


class Role(models.TextChoices):
    """What a member of staff is (rule B-25)."""

    PLATFORM_ADMIN = "platform_admin", "Platform admin"
    OPERATOR_ADMIN = "operator_admin", "Operator admin"
    MANAGER = "manager", "Manager"
    APPROVER = "approver", "Approver"
    ANALYST = "analyst", "Analyst"


class StaffUserManager(BaseUserManager["StaffUser"]):
    """Makes members of staff; the e-mail is the name they log in with."""

    def create_user(
        self, email: str, password: str | None = None, *, role: str = Role.ANALYST, operator: Operator | None = None
    ) -> "StaffUser":
        """A member of staff with a usable password."""
        user = self.model(
            email=self.normalize_email(email).lower(), role=role, operator=operator, joined_at=clock.now()
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None) -> "StaffUser":
        """A platform admin, as `manage.py createsuperuser` makes one."""
        return self.create_user(email, password, role=Role.PLATFORM_ADMIN)

    def get_by_natural_key(self, username: str | None) -> "StaffUser":
        """E-mails are compared in lower case."""
        return self.get(email=(username or "").lower())


class StaffUser(AbstractBaseUser):
    """A person who uses the backoffice. Without an operator: the platform's own."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, blank=True, related_name="staff")
    brand_ids = ArrayField(models.CharField(max_length=129), default=list, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    sessions_ended_at = models.DateTimeField(null=True, blank=True)
    password_reset_id = models.UUIDField(null=True, blank=True, editable=False)  # the request that two people made

    objects = StaffUserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_role_known"),
            models.CheckConstraint(
                condition=models.Q(role=Role.PLATFORM_ADMIN, operator__isnull=True)
                | (~models.Q(role=Role.PLATFORM_ADMIN) & models.Q(operator__isnull=False)),
                name="staff_platform_has_no_operator",
            ),
        ]
        triggers = [
            guards.Trigger(
                name="staff_password_reset_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.password NOT LIKE '!%' AND NEW.password LIKE '!%'"),
                func="""
                    IF NEW.password_reset_id IS NOT DISTINCT FROM OLD.password_reset_id OR NOT EXISTS (
                        SELECT 1 FROM approvals_approval a WHERE a.id = NEW.password_reset_id
                        AND a.operator_id = NEW.operator_id AND a.kind = 'staff.password_reset'
                        AND a.object_id = NEW.id::text AND a.state = 'approved'
                        AND a.decided_by_id <> a.requested_by_id
                    ) THEN
                        RAISE EXCEPTION 'a password in use is thrown away by two people' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,  # noqa: E501
            )
        ]

    def __str__(self) -> str:
        return self.email

    def get_session_auth_hash(self) -> str:
        """What each session carries and each request compares: another password, role or limit ends the sessions."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under SECRET_KEY_FALLBACKS."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        ended = self.sessions_ended_at.isoformat() if self.sessions_ended_at else ""
        held = [self.password, self.role, self.operator_id or "", ",".join(sorted(self.brand_ids)), ended]
        return salted_hmac("potluck.staff.session", "|".join(held), secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Django's admin is for platform admins only."""
        return self.is_superuser

    @property
    def is_superuser(self) -> bool:
        """Django's name for a platform admin."""
        return self.role == Role.PLATFORM_ADMIN

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django admin's question; the backoffice asks backoffice.accounts.rights."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        """Django admin's question."""
        return self.is_active and self.is_superuser


class ServiceAccount(models.Model):
    """A machine of a partner. It logs in once and keeps a token that does not expire."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="service_accounts")
    username = models.CharField(max_length=100, unique=True)
    password = models.CharField(max_length=200)
    brand_ids = ArrayField(models.CharField(max_length=129), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(StaffUser, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["username"]
        constraints = [models.UniqueConstraint(fields=["operator", "id"], name="service_account_of_operator")]

    def __str__(self) -> str:
        return self.username


class ServiceToken(models.Model):
    """A token of a service account: its first letters, and the SHA-256 of the whole."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(ServiceAccount, on_delete=models.CASCADE, related_name="tokens")
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(StaffUser, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"
