"""Settings: the environment is read here and nowhere else."""

import json
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from backoffice.config.api import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 - Django looks for them here
from backoffice.config.chain import INSTALLED_APPS, MACHINE_MIDDLEWARE, MACHINE_PATHS, MIDDLEWARE  # noqa: F401
from backoffice.logs import logging_settings
from backoffice.schedule import BEAT

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = BASE_DIR / ".potluck"
DEMO_SECRET_KEY = "demo-secret-key-that-no-production-process-accepts"  # noqa: S105 - refused in production below
DEMO_FIELD_KEY = "ZGVtby1maWVsZC1lbmNyeXB0aW9uLWtleS0zMmJ5dGU="

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

ENVIRONMENT: str = env.str("ENVIRONMENT", default="demo")
if ENVIRONMENT not in {"demo", "test", "production"}:
    raise ImproperlyConfigured("ENVIRONMENT must be demo, test or production.")


def _running_demo() -> dict[str, str]:
    """The servers of the demo that runs from this checkout, so that manage.py works beside it."""
    path = STATE_DIR / "demo" / "servers.json"
    if ENVIRONMENT != "demo" or not path.exists():
        return {}
    return {name: value for name, value in json.loads(path.read_text()).items() if isinstance(value, str)}


_demo = _running_demo()
DATABASE_URL: str = env.str("DATABASE_URL", default=_demo.get("database_url", "postgresql://127.0.0.1:5432/potluck"))
REDIS_URL: str = env.str("REDIS_URL", default=_demo.get("redis_url", "redis://127.0.0.1:6379/0"))
AMQP_URL: str = env.str("AMQP_URL", default=_demo.get("amqp_url", ""))
KAFKA_BOOTSTRAP_SERVERS: str = env.str("KAFKA_BOOTSTRAP_SERVERS", default=_demo.get("kafka_bootstrap_servers", ""))
WEB_URL: str = env.str("WEB_URL", default=_demo.get("web_url", "http://127.0.0.1:8000"))
EDGE_URL: str = env.str("EDGE_URL", default=_demo.get("edge_url", "http://127.0.0.1:8001"))
EDGE_PORT: int = env.int("EDGE_PORT", default=int(EDGE_URL.rsplit(":", 1)[1]))

SECRET_KEY: str = env.str("SECRET_KEY", default=_demo.get("secret_key", DEMO_SECRET_KEY))
FIELD_ENCRYPTION_KEYS: list[str] = env.list(
    "FIELD_ENCRYPTION_KEYS", default=[_demo.get("field_encryption_key", DEMO_FIELD_KEY)]
)
DEBUG: bool = env.bool("DEBUG", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")

if ENVIRONMENT == "production":
    _demo_secrets = [
        name
        for name, value in (("SECRET_KEY", SECRET_KEY), ("FIELD_ENCRYPTION_KEYS", ",".join(FIELD_ENCRYPTION_KEYS)))
        if DEMO_SECRET_KEY in value or DEMO_FIELD_KEY in value or value.startswith("demo-") or not value
    ]
    if _demo_secrets:
        raise ImproperlyConfigured(f"Production refuses the demo's value of {', '.join(_demo_secrets)}.")
    if DEBUG:
        raise ImproperlyConfigured("Production refuses DEBUG.")

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
ASGI_APPLICATION = "backoffice.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["OPTIONS"] = {
    "pool": {"min_size": 1, "max_size": env.int("DB_POOL_MAX", default=8), "timeout": 10},
    "options": "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s",
    "application_name": "potluck",
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# The tests copy a database that is migrated already.
DATABASES["default"]["TEST"] = {"TEMPLATE": env.str("TEST_DATABASE_TEMPLATE", default="") or None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}

AUTH_USER_MODEL = "accounts.StaffUser"
AUTHENTICATION_BACKENDS = ["backoffice.accounts.backend.StaffBackend"]
if ENVIRONMENT == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/office/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "backoffice.accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "change_password": "backoffice.web.account_forms.PasswordForm",
    "reauthenticate": "backoffice.web.account_forms.AgainForm",
}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Potluck"
REQUIRE_MFA_ROLES: list[str] = env.list("REQUIRE_MFA_ROLES", default=[])
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT == "production"
CSRF_COOKIE_SECURE = ENVIRONMENT == "production"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "backoffice.web.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT == "production" else 0
SECURE_SSL_REDIRECT = ENVIRONMENT == "production"
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT == "production" else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = None if ENVIRONMENT == "test" else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
WHITENOISE_USE_FINDERS = ENVIRONMENT == "test"
# Each client of the tests has a chain of its own, which need not begin with listing all files.
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "test"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Compressing takes a minute of a core once, which only a real network pays back.
        "BACKEND": {
            "test": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "demo": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
            "production": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        }[ENVIRONMENT]
    },
}

CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True

SECURITY_CONTACT: str = env.str("SECURITY_CONTACT", default="mailto:security@potluck.example")
SECURITY_EXPIRES: str = env.str("SECURITY_EXPIRES", default="2027-11-30T23:59:59Z")
OUTBOUND_ALLOWED_HOSTS: list[str] = env.list("OUTBOUND_ALLOWED_HOSTS", default=[])
FEED_LEASE_SECONDS: int = env.int("FEED_LEASE_SECONDS", default=10)
# Messages of Kafka that one transaction takes at most.
FEED_BATCH_MESSAGES: int = env.int("FEED_BATCH_MESSAGES", default=5_000)
# How long feeds remember, in days, and how many dead letters of one may wait (docs/guide/11-operating.md).
FEED_MESSAGE_DAYS: int = env.int("FEED_MESSAGE_DAYS", default=90)
GAME_ROUND_DAYS: int = env.int("GAME_ROUND_DAYS", default=400)
# A player who neither bets nor wins for longer than this begins a new session with the next bet.
GAME_SESSION_GAP_MINUTES: int = env.int("GAME_SESSION_GAP_MINUTES", default=30)
DEAD_LETTER_DAYS: int = env.int("DEAD_LETTER_DAYS", default=180)
DEAD_LETTERS_MOST: int = env.int("DEAD_LETTERS_MOST", default=20_000)
if min(FEED_MESSAGE_DAYS, DEAD_LETTER_DAYS) <= 30 or GAME_ROUND_DAYS < FEED_MESSAGE_DAYS:
    raise ImproperlyConfigured("Messages and dead letters stay for more than 30 days, rounds as long as messages.")
if GAME_SESSION_GAP_MINUTES < 1:
    raise ImproperlyConfigured("A session goes on for at least a minute without a bet.")
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT: str = env.str("LOG_FORMAT", default="json" if ENVIRONMENT == "production" else "console")
LOGGING = logging_settings(level=LOG_LEVEL, form=LOG_FORMAT)
