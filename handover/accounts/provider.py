"""The municipality's own login, an OpenID provider: code flow with PKCE, state and nonce."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import BaseModel

from handover.accounts.roles import ADMINISTRATOR, LEDER, RAADGIVER
from handover.settings import Settings
from handover.storage.accounts import Identity

TIMEOUT = 10.0
LONGEST_SUBJECT = 255
LEEWAY = 120
"""Seconds that the two clocks may differ."""
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that only the provider can make. Never ``none``, nor a secret that both know."""
NAMES = ("name", "preferred_username", "email", "sub")
NONSENSE = (
    httpx.HTTPError,
    httpx.InvalidURL,
    AuthlibBaseError,
    JoseError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)
"""What an answer that is none ends in."""


class ProviderSettingsError(ValueError):
    """The settings of the municipality's login are not whole; the text says which."""


class ProviderError(Exception):
    """The municipality's login cannot be reached, or does not answer as it must."""


@dataclass(frozen=True, repr=False)
class Registration:
    """What the municipality has agreed on with its provider. ``claim`` may be a path:
    ``realm_access.roles``; ``roles``: which of its values give which role."""

    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    claim: str
    roles: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Beginning:
    """Where the browser is sent, and what has to come back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    identity: Identity
    name: str
    roles: frozenset[str]
    id_token: str


class Metadata(BaseModel):
    """The part of the discovery document that is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


def registered(settings: Settings) -> Registration | None:
    """None when no login of the municipality's own is set up. Raises ProviderSettingsError."""
    if not settings.oidc_issuer:
        return None
    given = {
        RAADGIVER: settings.oidc_raadgiver,
        LEDER: settings.oidc_leder,
        ADMINISTRATOR: settings.oidc_administrator,
    }
    roles = {role: _listed(values) for role, values in given.items()}
    secret = settings.oidc_client_secret.get_secret_value()
    for name, value in (("CLIENT_ID", settings.oidc_client_id), ("CLIENT_SECRET", secret)):
        if not value:
            raise ProviderSettingsError(f"HANDOVER_OIDC_{name}: is missing")
    if not any(roles.values()):
        raise ProviderSettingsError("HANDOVER_OIDC_RAADGIVER: no value of the claim gives a role")
    return Registration(
        settings.oidc_issuer,
        settings.oidc_client_id,
        secret,
        settings.oidc_scopes,
        settings.oidc_claim,
        roles,
    )


class Provider:
    """Every call raises ProviderError when the provider is down or answers nonsense."""

    def __init__(self, registration: Registration) -> None:
        self.known = registration

    async def begin(self, back: str, quiet: bool = False) -> Beginning:
        """``back``: our address that the browser returns to. ``quiet``: nobody is asked anything;
        whoever is not logged in there comes back with an error."""
        more = {"prompt": "none"} if quiet else {}
        metadata = await self._metadata()
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        async with self._client(metadata, back) as client:
            address, state = client.create_authorization_url(
                metadata.authorization_endpoint, nonce=nonce, code_verifier=verifier, **more
            )
        return Beginning(address, state, nonce, verifier)

    async def finish(self, code: str, back: str, nonce: str, verifier: str) -> Person:
        metadata = await self._metadata()
        try:
            async with self._client(metadata, back) as client:
                token = await client.fetch_token(
                    metadata.token_endpoint, code=code, code_verifier=verifier
                )
                keys = KeySet.import_key_set(await _fetched(metadata.jwks_uri))
                claims = self._claims(token, keys, metadata, nonce)
                if metadata.userinfo_endpoint and self._value(claims) is None:
                    claims = await _with_userinfo(client, metadata.userinfo_endpoint, claims)
            return self._person(claims, token["id_token"])
        except NONSENSE as error:
            raise ProviderError(type(error).__name__) from error

    async def logout_address(self, id_token: str, back: str) -> str | None:
        """Where the browser ends its session at the provider, if the provider has such a place."""
        metadata = await self._metadata()
        if not metadata.end_session_endpoint:
            return None
        wanted = {
            "id_token_hint": id_token,
            "client_id": self.known.client_id,
            "post_logout_redirect_uri": back,
        }
        return str(httpx.URL(metadata.end_session_endpoint).copy_merge_params(wanted))

    async def _metadata(self) -> Metadata:
        place = f"{self.known.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = Metadata.model_validate(await _fetched(place))
            if found.issuer != self.known.issuer:
                raise ValueError("another issuer")
        except NONSENSE as error:
            raise ProviderError(type(error).__name__) from error
        return found

    def _client(self, metadata: Metadata, back: str) -> AsyncOAuth2Client:
        ways = metadata.token_endpoint_auth_methods_supported
        basic = "client_secret_basic"
        return AsyncOAuth2Client(
            self.known.client_id,
            self.known.client_secret,
            token_endpoint_auth_method=basic if basic in ways else "client_secret_post",
            scope=self.known.scopes,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )

    def _claims(
        self, token: Mapping[str, Any], keys: KeySet, metadata: Metadata, nonce: str
    ) -> dict[str, Any]:
        """What the id token says, once its signature and everything it must say are right."""
        registry = JWSRegistry(algorithms=list(SIGNED_BY), strict_check_header=False)
        decoded = jwt.decode(token["id_token"], keys, registry=registry)
        client_id = self.known.client_id
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": metadata.issuer},
                "aud": {"essential": True, "value": client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=LEEWAY)
        return dict(claims)

    def _value(self, claims: Mapping[str, Any]) -> Any:
        found: Any = claims
        for part in self.known.claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def _person(self, claims: Mapping[str, Any], id_token: str) -> Person:
        value = self._value(claims)
        values = {str(one) for one in (value if isinstance(value, list) else [value])}
        roles = {role for role, giving in self.known.roles.items() if giving & values}
        names = (" ".join(str(claims.get(key) or "").split()) for key in NAMES)
        identity = Identity(self.known.issuer, str(claims["sub"]))
        if not 0 < len(identity.subject) <= LONGEST_SUBJECT:
            raise ValueError("nobody in particular")
        return Person(identity, next(filter(None, names)), frozenset(roles), id_token)


async def _fetched(address: str) -> Any:
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        answer = await client.get(address)
        answer.raise_for_status()
        return answer.json()


async def _with_userinfo(
    client: AsyncOAuth2Client, address: str, claims: Mapping[str, Any]
) -> dict[str, Any]:
    """For providers that tell the roles only there. It must be about the same person."""
    answer = await client.get(address)
    answer.raise_for_status()
    told = dict(answer.json())
    if told.get("sub") != claims["sub"]:
        raise ValueError("the answer is about somebody else")
    return told | dict(claims)


def _listed(values: str) -> frozenset[str]:
    """``"robus-raadgivere, robus-vikarer"``"""
    return frozenset(part.strip() for part in values.split(",") if part.strip())
