"""Settings of the whole system.

Everything that differs between places comes from the environment (emergency/env.py).
"""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from emergency.env import read_environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = read_environment()

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
DEMO = ENV.demo
# Web Push reaches browsers over their vendors' services; 0 on a closed network.
WEB_PUSH = ENV.web_push
# Where the demonstration's gateway account sends to: the exchange of this very server (board/views/exchange.py).
DEMO_EXCHANGE_URL = ENV.demo_exchange_url
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
DATABASES = {"default": ENV.database}
REDIS_URL = ENV.redis_url

INSTALLED_APPS = [
    "web",
    "org",
    "journal",
    "notify",
    "norms",
    "duty",
    "hazards",
    "plans",
    "command",
    "early_warning",
    "board",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "emergency.files.static_files.ServedFiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "channels",
    "rest_framework",
    "rest_framework_gis",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "leaflet",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "emergency.middleware.refusals.MarkMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "emergency.middleware.refusals.FreshMiddleware",
    "emergency.middleware.refusals.DocumentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "emergency.middleware.refusals.BoundsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "emergency.middleware.text_direction.TextDirectionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "emergency.middleware.limits.LimitsMiddleware",
    "emergency.middleware.log_context.ActorMiddleware",
    # Before the CSRF check: who is signed out is told so, and an item of an outbox does not count as decided.
    "emergency.middleware.refusals.SignedInMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "emergency.middleware.refusals.SamePersonMiddleware",
    "emergency.middleware.session_age.InUseMiddleware",
    "board.middleware.DeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "emergency.middleware.refusals.ActionErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "emergency.urls"
ASGI_APPLICATION = "emergency.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "board.context_processors.frame",
            ],
        },
    },
]

AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "emergency.authentication.sessions.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/start/"  # the map, or a phone's own orders (command/views/start.py)
LOGOUT_REDIRECT_URL = "login"
# django-axes calls our handler, which does the counting (emergency/authentication/sign_in.py).
AXES_HANDLER = "emergency.authentication.sign_in.SignInHandler"
AXES_LOCKOUT_CALLABLE = "emergency.authentication.sign_in.locked"
AXES_USERNAME_CALLABLE = "emergency.authentication.sessions.typed_username"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # what axes says of itself in the log; the handler decides
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # whoever goes on trying keeps no lock alive

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["emergency.formats"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".local" / "static" if ENV.static_root is None else ENV.static_root
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "emergency.files.uploads.DurableStorage"},
    "staticfiles": {"BACKEND": "emergency.files.storage.ModuleManifestStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = BASE_DIR / ".local" / "media" if ENV.media_root is None else ENV.media_root
# Where the digests of the journal's seals are kept outside the database (journal/files/anchors.py).
JOURNAL_ANCHORS = BASE_DIR / ".local" / "anchors" / "seals" if ENV.journal_anchors is None else ENV.journal_anchors
# What is refused by these is answered with a sentence (emergency/views/errors.py); a form that names all units of ten
# counties has 2,500 fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Requests from one sender: (so many, within so many seconds), counted in Redis over all processes (web/rates.py).
# Technical bounds: far above what a person's tabs, a page that loads anew after each event, or a village's phone that
# sends what it kept can ask for, and below what keeps half of a process's 16 threads busy. The windows are short, so
# that a page that ran wild is back within seconds. Answers and other acts have a budget that no reading uses up.
RATES: dict[str, Any] = {
    "person": {"reads": (400, 10), "acts": (150, 10), "uploads": (60, 10)},
    "token": {"reads": (800, 10), "acts": (600, 10), "uploads": (60, 10)},
    # anonymous requests, by address: everybody behind one gateway of a carrier or a township together
    "address": {"reads": (600, 10), "acts": (200, 10), "uploads": (60, 10)},
    "sockets": (90, 10),  # of one person or token; all tabs of a desk come back at once after a restart
    "wrong_tokens": (60, 60),  # of one address; tokens that are right are served whatever this says
    # Passwords that are tried from one address in browsers that nobody has signed in with, under whatever names: each
    # costs a tenth of a second of a processor.
    "wrong_passwords": (40, 10),
    "gateway": (3000, 10),  # receipts of thousands of texts come within seconds
    "platform": (1200, 60),  # a storm's worth of updates passes
}
# Seconds: Redis is on the same machine or beside it. One that hangs must not hold up every request (web/rates.py).
RATES_REDIS_TIMEOUT_S = 0.25


# TCP keepalive after ten seconds of silence: a Redis that hangs, or whose machine is gone, must hold up nobody for
# long.
REDIS_CONNECTION = {
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "socket_keepalive_options": {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3},
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 times an idle socket out after 5 s, which would silence the layer. Who speaks over it has a limit
        # (journal/live/wake.py).
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None, **REDIS_CONNECTION}]},
    }
}

CELERY_BROKER_URL = REDIS_URL
# Socket timeout: beat waits for the broker's answer to each task; the worker's blocking wait for work is not affected.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "health_check_interval": 10, **REDIS_CONNECTION}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULE = {
    # Task expiry: a tick that could not run within its second is worthless, the next one does its work.
    "journal-tick": {"task": "journal.tick", "schedule": 1.0, "options": {"expires": 2}},
    "gaps": {"task": "journal.round", "args": ("gaps",), "schedule": 1.0, "options": {"expires": 2}},
    "gateways": {"task": "journal.round", "args": ("gateways",), "schedule": 1.0, "options": {"expires": 2}},
    "journal-seal": {"task": "journal.seal", "schedule": 60.0, "options": {"expires": 60}},
    # A repeated task for the workers of slow jobs, in case the first was lost with the broker (web/runner.py).
    "slow-jobs": {"task": "web.work", "schedule": 5.0, "options": {"expires": 5, "queue": "slow"}},
    # The nightly purge, at an hour (Beijing) at which hardly anybody signs in.
    "purge": {"task": "org.purge", "schedule": crontab(hour=3, minute=40), "options": {"expires": 3600}},
}
# Retention after the end, in days (org/actions/purge.py). Records of sign-ins are kept for six months and more by the
# Cybersecurity Law, article 21; a failed attempt counts for as long as the number `sign_in_forgotten_h` says.
ENDED_TOKENS_KEPT_DAYS = 30  # so that its owner still finds it in the list, as ended
SIGN_IN_ATTEMPTS_KEPT_DAYS = 1
SIGN_IN_LOG_KEPT_DAYS = 190
# Retention of working rows (delivered relays, fired timers, remembered answers), which serve debugging alone: a month
# [design]. What people were told is kept as long as a county's duty records, three years [default; set by the county].
DONE_KEPT_DAYS = 30
# Retention of jobs: the file a day, the row a month [design].
JOB_FILES_KEPT_HOURS = 24
JOBS_KEPT_DAYS = 30
REPLIES_KEPT_DAYS = 7  # a phone that repeats a request after a week without connection asks anew
MESSAGES_KEPT_DAYS = 3 * 365

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "emergency.authentication.tokens.TokenAuthentication",
        "emergency.authentication.tokens.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["web.rest.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "web.rest.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["web.rest.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "web.rest.CursorPages",
    "DEFAULT_THROTTLE_CLASSES": ["emergency.middleware.limits.PerToken"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "web.schema.OurSchema",
    "EXCEPTION_HANDLER": "web.rest.explain",
    "PAGE_SIZE": 50,
}
# Expiry of API tokens: a forgotten one ends by itself, and a program needs care twice a year, not every week.
API_TOKEN_DAYS = 180
API_TOKEN_DAYS_MOST = 730
REST_KNOX = {"AUTH_HEADER_PREFIX": "Token", "TOKEN_TTL": timedelta(days=API_TOKEN_DAYS)}
GEOJSON_TYPES = (
    "Feature", "FeatureCollection", "Point", "Polygon", "MultiPolygon",
    "unit", "outline", "answers", "incident", "warning",
)  # fmt: skip
SPECTACULAR_SETTINGS = {
    "TITLE": "Sanji",
    "DESCRIPTION": "County emergency command: incidents, orders, acknowledgements, warnings.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "ScaleEnum": "command.models.Scale",
        "ResponseLevelEnum": "command.models.ResponseLevel",
        "ColourEnum": "command.models.Colour",
        "UnitLevelEnum": "org.models.Unit.Level",
        "WarningStatusEnum": "early_warning.models.Warning.Status",
        "QuestionStatusEnum": "early_warning.models.Question.Status",
        # Enum names for GeoJSON in the OpenAPI schema, where each has a single value (board/api/answers.py).
        **{f"{word[0].upper()}{word[1:]}Type": [word] for word in GEOJSON_TYPES},
    },
    "APPEND_COMPONENTS": {
        "schemas": {
            "Complaints": {  # of web/schema.py
                "type": "object",
                "description": "A field's complaints; those of a field inside it, or of a list's entry, by its name or"
                " number.",
                "additionalProperties": {
                    "oneOf": [
                        {"type": "array", "items": {"type": "string"}},
                        {"$ref": "#/components/schemas/Complaints"},
                    ]
                },
            }
        }
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

TILE_URL = ENV.tile_url
LEAFLET_CONFIG = {
    "TILES": [],
    "DEFAULT_CENTER": (27.62, 119.06),
    "DEFAULT_ZOOM": 10,
    "MIN_ZOOM": 7,
    "MAX_ZOOM": 18,
    "RESET_VIEW": False,
    "ATTRIBUTION_PREFIX": "",
    "NO_GLOBALS": False,
}

_tile_hosts = ENV.tile_hosts
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        # Leaflet positions its panes through element.style, which CSSOM allows without 'unsafe-inline'.
        "img-src": [SELF, "data:", *_tile_hosts],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "emergency.authentication.sessions"
SESSION_COOKIE_HTTPONLY = True
# The cookie only has to outlive the session, whose end stands in its row and moves
# (emergency/middleware/session_age.py).
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False
if ENV.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

SILENCED_SYSTEM_CHECKS = [
    # GDAL rasters stay off: Debian 12's GDAL cannot be kept from following file names inside a file. Nothing from
    # outside is handed to it.
    "gis.W001",
    # Whether to redirect to TLS and to promise it for months (HSTS) is for the gateway that ends TLS (docs/running.md).
    "security.W004",
    "security.W008",
]

# Each line carries the request's or task's id and the actor (emergency/middleware/log_context.py).
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # bound further down the chain, and for tokens too
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # as it reads X-Forwarded-For, anybody could write what they like
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # No log line for a 503 of /readyz while starting: it is an answer, not an error.
    "filters": {
        "not_readiness": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(getattr(record, "request", None), "path", "") != "/readyz",
        },
    },
    "formatters": {"line": {"()": "emergency.logs.line_formatter", "style": ENV.log_format}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_readiness"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # In place of handlers of its own, so that its lines look like all others.
        "uvicorn": {"level": "WARNING", "propagate": True},
        "celery": {"level": "WARNING"},
        # It writes down addresses, and those of gateways hold keys and tokens.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # What it would say of requests and tasks, Django and Celery say already, and a line for each one that goes well
        # would push half a year's log out within days: it gives the lines their context.
        "django_structlog": {"level": "CRITICAL"},
        "axes.apps": {"level": "WARNING"},  # its version, at each start and each command
    },
}

# Whether recording refuses data or a card that is not as declared: so in all tests (journal/rules/payloads.py).
CHECK_PAYLOADS = False
