"""Django's settings. Every value that differs between installations comes from `dashboard.env`."""

import sys
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from dashboard import env, keys

env.verify()
BASE_DIR = env.BASE_DIR
DATA_DIR = env.data_dir()
DEBUG = env.debug()

# --- secrets ------------------------------------------------------------------------------------------------

SECRET_KEY = env.secret_key() or keys.read(DATA_DIR, keys.SECRET_KEY_FILE)
FIELD_ENCRYPTION_KEYS = env.field_encryption_keys() or keys.read(DATA_DIR, keys.FIELD_KEYS_FILE).split()
if not (SECRET_KEY and FIELD_ENCRYPTION_KEYS):
    missing = "FIELD_ENCRYPTION_KEYS" if SECRET_KEY else "SECRET_KEY"
    raise ImproperlyConfigured(
        f"{missing} is not set and {DATA_DIR} holds none: set it, or let `manage.py start` write one."
    )

# --- who may talk to us -------------------------------------------------------------------------------------

TRUSTED_PROXIES = env.trusted_proxies()
ALLOWED_HOSTS = env.allowed_hosts() or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.csrf_trusted_origins()
PRIVATE_UPSTREAMS = env.private_upstreams()

# A trusted proxy means TLS in front of us: cookies then travel over nothing else. Without one, `make run` serves plain
# HTTP on the loopback address, where a Secure cookie would keep some browsers from signing in at all.
BEHIND_TLS = bool(TRUSTED_PROXIES)
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "lightdeck_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_NAME = "lightdeck_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "dashboard.views.errors.csrf"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- the house ----------------------------------------------------------------------------------------------

# Daphne stands first so that `manage.py runserver` speaks ASGI. Nothing else needs it, and importing it (Twisted)
# doubled the start of every other command: 1.5 s of 3.3 s.
INSTALLED_APPS = [
    *(["daphne"] if sys.argv[1:2] == ["runserver"] else []),
    "dashboard",
    "computers",
    "agents",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
]

# Short on purpose: nineteen middlewares cost a third of the requests per second that these do. `dashboard.middleware`
# has Django's own, without a thread for each of their steps.
MIDDLEWARE = [
    "dashboard.views.health.probes",
    "dashboard.middleware.Security",
    "dashboard.views.static.StaticFiles",
    "dashboard.middleware.ContentPolicy",
    "dashboard.middleware.Framing",
    "dashboard.middleware.Sessions",
    "dashboard.middleware.Addresses",
    "dashboard.middleware.Forgery",
    "dashboard.middleware.People",
    "dashboard.middleware.Messages",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
# The deployment check looks for Django's classes by name, not for their subclasses (`tests/dashboard` does).
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]

ROOT_URLCONF = "dashboard.urls"
ASGI_APPLICATION = "dashboard.asgi.application"

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
                "dashboard.htmx.nonce",
                "dashboard.header.header",
            ]
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------------

SQLITE_BUSY_SECONDS = 10
POSTGRES_POOL = {"min_size": 1, "max_size": 20, "timeout": 10}

if env.database_url():
    DATABASES = {"default": env.database_config(env.database_url())}
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # ASGI threads come and go: connections live in the pool instead
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"].setdefault("OPTIONS", {})["pool"] = POSTGRES_POOL
else:
    DATABASES = {"default": env.database_config(f"sqlite:///{DATA_DIR / env.SQLITE_FILE}")}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A read that later wants to write would fail at once with "database is locked": take the lock first.
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_BUSY_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

#: Tries to sign in are counted in the cache. A full one throws out what was asked for longest ago, so it must hold more
#: than a flood can bring within the minutes of a count; full of them it takes some 40 MB.
MEMORY_CACHE_ENTRIES = 100_000

REDIS_URL = env.redis_url()
CACHES: dict[str, dict[str, object]]
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "lightdeck",
            "OPTIONS": {"MAX_ENTRIES": MEMORY_CACHE_ENTRIES},
        }
    }

BACKGROUND = env.background()

# --- people -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "dashboard.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dashboard.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up by himself, so there is no address to prove
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "dashboard.accounts.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # no address is ever proved here: there is no mail server
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys over TLS and on localhost; only there may the origin lack TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS

# Single sign-on: an account is tied to it by its person or by an invitation, never by an address alone.
OIDC_ISSUER = env.oidc_issuer()
SOCIALACCOUNT_ADAPTER = "dashboard.accounts.SingleSignOn"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": "Single sign-on",
                "client_id": env.oidc_client_id(),
                "secret": env.oidc_client_secret(),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before somebody else's sign-on could be tied to an account

# --- files --------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.static_dir()) if env.static_dir() else DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
HASHED_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": PLAIN_STATIC if DEBUG else HASHED_STATIC},
}

# --- logs ---------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "dashboard.logs.Discreet", "format": "{levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # Both name every URL they touch, and upstream's URLs carry tokens.
        "httpx": {"level": "WARNING"},
        "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
        "uvicorn": {"handlers": [], "level": "WARNING", "propagate": True},
        # A probe with a foreign Host is answered 400; a traceback for each would fill the log.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django.request": {"level": "ERROR"},
        "daphne": {"level": "WARNING"},
    },
}
