"""Settings: the environment comes in here, and nowhere else.

Bad values stop the start with a message that names the variable. ``docs/operations.md`` lists all variables.
"""

import os
import shlex
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))

PORTAL_HOME = Path(env("PORTAL_HOME", default=str(BASE_DIR / ".portal"))).resolve()
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones, while they are replaced
DEMO = env.bool("DEMO", default=False)
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
BUILD = env("BUILD", default="development")
DEBUG = False

if DEMO and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured(
        "DEMO=1 signs anyone in: it runs on loopback names only. Change ALLOWED_HOSTS or DEMO."
    )
if not PUBLIC_URL.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
    raise ImproperlyConfigured(
        "PUBLIC_URL must start with https:// (http:// is for loopback addresses only)."
    )
PLAIN_HTTP = PUBLIC_URL.startswith("http://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "mappa_portal",
    "accounts",
    "boards",
    "audit",
    "outbox",
    "documents",
    "protocols",
    "referrals",
    "meetings",
    "data_returns",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "guardian",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mappa_portal.middleware.HeadersMiddleware",
    "outbox.health.HealthMiddleware",
    "mappa_portal.logs.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "boards.scope.ScopeMiddleware",
    "referrals.middleware.AskWhyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.submissions.OnceMiddleware",
]

ROOT_URLCONF = "mappa_portal.urls"
WSGI_APPLICATION = "mappa_portal.wsgi.application"
FORM_RENDERER = "mappa_portal.forms.GovukRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["mappa_portal.templatetags.govuk"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mappa_portal.context.portal",
            ],
        },
    },
]

# -- Data: the application role serves; the owner only migrates (assurance T3) --
DATABASE_ROLE = env("DATABASE_ROLE", default="app")
_database = (
    "OWNER_DATABASE_URL"
    if DATABASE_ROLE == "owner" and "OWNER_DATABASE_URL" in env.ENVIRON
    else "DATABASE_URL"
)
DATABASES = {"default": env.db(_database)}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured(f"{_database} must be a postgres:// address.")
OWNER_DATABASE_URL = env("OWNER_DATABASE_URL", default="")  # where a backup is restored
BACKUP_DATABASE_URL = env("BACKUP_DATABASE_URL", default="")  # what a backup is made with
PG_BIN = env("PG_BIN", default="")  # PostgreSQL's own programs; empty: those of the embedded server
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer, transaction mode
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "TIMEOUT": 300,
    }
}

# -- Signing in (assurance I1) --
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 15}},
    {"NAME": "accounts.passwords.NotCommon"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=8)
SECOND_FACTOR_FRESH = timedelta(minutes=10)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no further cookie
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "session" if PLAIN_HTTP else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if PLAIN_HTTP else "__Host-csrf"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = [
    "email*",
    "password1*",
]  # nobody signs up: this says that sign-in asks for a password
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators make accounts; the one-time link proves the address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(SECOND_FACTOR_FRESH.total_seconds())
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/5m/ip,5/5m/key"}  # offices share an address
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.RecoverForm",
    "reset_password_from_key": "accounts.forms.ChoosePasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reauthenticate": "accounts.forms.ConfirmPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=int(env.bool("BEHIND_PROXY", default=False)))
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "MAPPA portal"
MFA_TOTP_TOLERANCE = 0  # a used code is remembered for one period: none may be valid for longer
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.second_factor.ConfirmCodeForm",
    "activate_totp": "accounts.forms.AddAppForm",
    "deactivate_totp": "accounts.forms.RemoveAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
}
OIDC_SERVER_URL = env("OIDC_SERVER_URL", default="")  # empty: no single sign-on
OIDC_NAME = env("OIDC_NAME", default="your organisation")
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not lead to another site under the content security policy
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": env("OIDC_CLIENT_ID"),
                "secret": env("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}

ANONYMOUS_USER_NAME = None  # guardian: no anonymous user (assurance A4)
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False

# -- Headers (assurance E3) --
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# -- Words and time --
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

# -- Files --
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(PORTAL_HOME / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "map",
    "png",
    "gz",
    "br",
    "woff",
    "woff2",
)  # maps: 40 s for nobody's gain
MEDIA_ROOT = env("MEDIA_ROOT", default=str(PORTAL_HOME / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_HANDLERS = [
    "documents.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 2**20)
ANTIVIRUS_COMMAND = shlex.split(env("ANTIVIRUS_COMMAND", default=""))  # empty: uploads are not scanned

# -- Work in the background (assurance O1-O4) --
CELERY_BROKER_URL = env("BROKER_URL", default=REDIS_URL)
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 3,
    "socket_timeout": 10,
    "max_retries": 1,  # a hint that nobody takes must not hold up a request: the sweep finds the job
    "interval_start": 0,
}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for ever
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
JOB_LEASE = timedelta(seconds=env.int("JOB_LEASE_SECONDS", default=60))
CELERY_TASK_SOFT_TIME_LIMIT = JOB_LEASE.total_seconds() * 3 / 4  # the job hears of it and is tried again
CELERY_TASK_TIME_LIMIT = JOB_LEASE.total_seconds() * 5 / 6  # no worker outlives its lease
JOB_PAUSE = timedelta(seconds=env.int("JOB_PAUSE_SECONDS", default=30))  # after a failure; doubles each time
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=20)

# -- Mail --
MAIL_KEPT = timedelta(days=env.int("MAIL_KEPT_DAYS", default=30))  # the text; that it was sent stays recorded
_email = env.email("EMAIL_URL", default="smtp://127.0.0.1:1025")
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
    _email["EMAIL_HOST_USER"],
    _email["EMAIL_HOST_PASSWORD"],
)
EMAIL_USE_TLS, EMAIL_USE_SSL = (
    _email.get("EMAIL_USE_TLS", False),
    _email.get("EMAIL_USE_SSL", False),
)
EMAIL_TIMEOUT = 20
HELP_CONTACT = env("HELP_CONTACT", default="")  # shown at the foot of each page: a name, an address, a number
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="MAPPA portal <portal@mappa.example>")
MAIL_DOMAIN = env("MAIL_DOMAIN", default="mappa.example")  # the right-hand side of Message-IDs
REPLY_ADDRESS = env("REPLY_ADDRESS", default=f"replies@{MAIL_DOMAIN}")  # calendars answer to it, with a +tag
REPLIES_IMAP_URL = env("REPLIES_IMAP_URL", default="")  # its mailbox; empty: nobody reads it here
REPLIES_TRUSTED_SERVER = env("REPLIES_TRUSTED_SERVER", default="")  # whose Authentication-Results count
if REPLIES_IMAP_URL and not REPLIES_IMAP_URL.startswith(("imaps://", "imap://127.0.0.1", "imap://localhost")):
    raise ImproperlyConfigured(
        "REPLIES_IMAP_URL must start with imaps:// (imap:// is for loopback addresses)."
    )
if REPLY_ADDRESS.count("@") != 1 or "+" in REPLY_ADDRESS:
    raise ImproperlyConfigured("REPLY_ADDRESS must be an email address without a + in it.")

# -- Signing documents (assurance P2) --
SIGNING_DIR = Path(env("SIGNING_DIR", default=str(PORTAL_HOME / "signing")))
SIGNING_PASSPHRASE = env("SIGNING_PASSPHRASE", default=SECRET_KEY)
SIGNING_CA_PKCS12 = env(
    "SIGNING_CA_PKCS12", default=""
)  # an outside issuing authority instead of the portal's own
SIGNING_PKCS11 = env("SIGNING_PKCS11", default="")  # module path;token label, for a key in hardware
SIGNING_TSA_URL = env("SIGNING_TSA_URL", default="")  # empty: the local demonstration time-stamp authority
CHECKPOINT_DIR = Path(env("CHECKPOINT_DIR", default=str(PORTAL_HOME / "checkpoints")))

# -- REST --
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["mappa_portal.authentication.Session"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "mappa_portal.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "mappa_portal.exceptions.problem",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MAPPA portal",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "MeetingStatusEnum": "meetings.models.Meeting.Status",
        "VersionStatusEnum": "protocols.models.Version.Status",
    },
}

SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # no object permission backend: for_user reads the grants itself

# -- Logs (assurance E2) --
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "mappa_portal.logs.json_lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "ERROR"},
        "mappa_portal.requests": {"level": "INFO"},
        "weasyprint": {"level": "ERROR"},
    },
}
