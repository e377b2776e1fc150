"""Django with what the three endpoints need and nothing else; connections are kept, statements prepared."""

import os
from urllib.parse import parse_qs, urlsplit

_address = urlsplit(os.environ["DUAL_DATABASE_URL"])

DEBUG = False
SECRET_KEY = os.environ["DUAL_JWT_SECRET"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.benchmarks.rivals.django_rest.urls"
INSTALLED_APPS = ["rest_framework", "tests.benchmarks.rivals.django_rest"]
MIDDLEWARE: list[str] = []
USE_TZ = True
TIME_ZONE = "UTC"
APPEND_SLASH = False
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.path.removeprefix("/"),
        "USER": _address.username,
        "PASSWORD": _address.password,
        "HOST": parse_qs(_address.query)["host"][0],
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},  # prepared statements, as the others have
    }
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tests.benchmarks.rivals.django_rest.access.TokenAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
