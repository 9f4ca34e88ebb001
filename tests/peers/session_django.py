# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
"""Django's own login view, session and CSRF middleware.

    python3 session_django.py PORT FOLDER

Says "ready". alice, Opal-73-river; /login/ and /things/. A session is over after three seconds. Ends with its standard input.
"""
import os
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

FORM = '<form method="post">{% csrf_token %}<input name="username"><input type="password" name="password"></form>{{ form.errors }}'
settings.configure(
    SECRET_KEY="a secret of the test", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], DEFAULT_AUTO_FIELD="django.db.models.AutoField", USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(sys.argv[2], "users.sqlite")}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"registration/login.html": FORM})]}}],
    LOGIN_URL="/login/", LOGIN_REDIRECT_URL="/things/", SESSION_COOKIE_AGE=3)
django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


@login_required
def things(request):
    return HttpResponse(f"{request.method} by {request.user.username}")


urlpatterns = [path("login/", LoginView.as_view()), path("things/", things)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


call_command("migrate", verbosity=0)
User.objects.create_user("alice", password="Opal-73-river")
server = make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application(), handler_class=Quiet)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print("ready", flush=True)
server.serve_forever()
