"""A real OpenID provider, canaille, as a process of its own: its pages, its keys, its people.

python canaille_process.py PORT REDIRECT_URI LOGOUT_URI
"""

from __future__ import annotations

import datetime
import sys

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from canaille.oidc.jose import make_default_rsa_jwk
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "stime", "the secret that both know"
PASSWORD = "et kodeord hos kommunen"
PEOPLE = {
    "bente": ["robus-raadgivere", "robus-ledere"],
    "carl": ["it-afdelingen"],
    "dorte": ["robus-raadgivere"],
}


def main(port: int, redirect_uri: str, logout_uri: str) -> None:
    app = create_app(
        {
            "SECRET_KEY": "only for the tests",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "LOGGING": {"version": 1}},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [make_default_rsa_jwk().as_dict(private=True)]},
        }
    )
    with app.app_context(), app.test_request_context():
        populate(redirect_uri, logout_uri)
    server = make_server("127.0.0.1", port, app, threaded=True)
    print("ready", flush=True)
    server.serve_forever()


def populate(redirect_uri: str, logout_uri: str) -> None:
    save = Backend.instance.save
    people = {}
    for name in PEOPLE:
        person = models.User(
            user_name=name,
            formatted_name=f"{name.title()} Madsen",
            family_name="Madsen",
            emails=[f"{name}@kommune.example"],
            password=PASSWORD,
        )
        save(person)
        people[name] = person
    for group in sorted({group for groups in PEOPLE.values() for group in groups}):
        members = [people[name] for name, groups in PEOPLE.items() if group in groups]
        save(models.Group(display_name=group, members=members))
    client = models.Client(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_id_issued_at=datetime.datetime.now(datetime.UTC),
        client_name="STIME",
        client_uri=redirect_uri,
        redirect_uris=[redirect_uri],
        post_logout_redirect_uris=[logout_uri],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "groups"],
        token_endpoint_auth_method="client_secret_basic",
    )
    save(client)
    client.audience = [client]
    save(client)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:4])
