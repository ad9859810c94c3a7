"""Signing in by OpenID Connect (authorization code with PKCE): by Authlib and joserfc, an extra (``yunying[oidc]``).

A person is matched on the issuer and the subject that were verified when an invitation was taken, on nothing else.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from yunying.kernel.errors import OperatorError

ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
"""Signatures by a key of the provider's; ``none`` and shared secrets are not taken."""
LEEWAY_SECONDS = 60
PATIENCE_SECONDS = 10
SCOPE = "openid email profile"


@dataclass(frozen=True)
class Verified:
    """Who the provider says somebody is; the e-mail is empty unless the provider has verified it."""

    issuer: str
    subject: str
    email: str
    name: str


def provider_is_set() -> bool:
    """Whether an identity provider is named in the settings."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT)


def sign_in_begin(back: str) -> tuple[str, dict[str, str]]:
    """The provider's address to go to, and what the browser's session must keep until it comes back.

    Args:
        back: the address that the provider sends the browser back to.

    Raises:
        OperatorError: the provider does not answer or does not fit.
    """
    kept = {"state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24),
            "verifier": secrets.token_urlsafe(48), "back": back}  # fmt: skip
    about = _about()
    with _session(back) as session:
        address, _ = session.create_authorization_url(
            about["authorization_endpoint"], state=kept["state"], nonce=kept["nonce"], code_verifier=kept["verifier"]
        )
    return str(address), kept


def sign_in_finish(told: Mapping[str, str], kept: Mapping[str, str] | None, now: datetime) -> Verified:
    """Who came back, after the code was exchanged and every claim of the token was checked.

    Args:
        told: what the provider sent back: code and state.
        kept: what ``sign_in_begin`` gave; it must be forgotten before this is called, so that it serves once.

    Raises:
        OperatorError: the answer is not to our question, or its token is not to be trusted.
    """
    if not kept or not secrets.compare_digest(str(told.get("state", "")), kept["state"]) or not told.get("code"):
        raise _refused("The answer does not belong to a sign-in that was begun here.")
    import requests
    from authlib.common.errors import AuthlibBaseError

    about = _about()
    try:
        with _session(kept["back"]) as session:
            token = session.fetch_token(
                about["token_endpoint"], code=told["code"], code_verifier=kept["verifier"], timeout=PATIENCE_SECONDS
            )
        keys = _get(about["jwks_uri"])
    except (AuthlibBaseError, requests.RequestException) as error:
        raise _refused("The identity provider did not accept the answer.") from error
    claims = _claims(str(token.get("id_token", "")), keys, kept["nonce"], now)
    email = claims.get("email", "") if claims.get("email_verified") is True else ""
    return Verified(claims["iss"], claims["sub"], str(email), str(claims.get("name", "")))


def _claims(text: str, keys: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
    """The token's claims, if its signature, issuer, audience, times and nonce hold (OpenID Connect Core, 3.1.3.7)."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        claims = jwt.decode(text, KeySet.import_key_set(dict(keys)), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=LEEWAY_SECONDS, iss={"essential": True, "value": settings.OIDC_ISSUER},
            aud={"essential": True, "value": settings.OIDC_CLIENT}, nonce={"essential": True, "value": nonce},
            exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
        )  # fmt: skip
        rules.validate(claims)
    except (JoseError, ValueError, KeyError) as error:
        raise _refused("The identity provider's token cannot be trusted.") from error
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp")
    if (len(audience) > 1 or party is not None) and party != settings.OIDC_CLIENT:
        raise _refused("The identity provider's token is for somebody else.")
    return claims


def _about() -> Mapping[str, Any]:
    """What the provider says of itself; it must be the one that is named in the settings."""
    about = _get(f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration")
    if about.get("issuer") != settings.OIDC_ISSUER:
        raise _refused("The identity provider calls itself by another name.")
    return about


def _get(address: str) -> Mapping[str, Any]:
    import requests

    try:
        answer = requests.get(address, timeout=PATIENCE_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _refused("The identity provider does not answer.") from error
    if not isinstance(told, dict):
        raise _refused("The identity provider does not answer.")
    return told


def _session(back: str) -> Any:
    try:
        from authlib.integrations.requests_client import OAuth2Session
    except ImportError as error:
        raise OperatorError(
            "no-oidc", "Signing in by an identity provider needs another package.", "Install yunying[oidc]."
        ) from error
    return OAuth2Session(
        settings.OIDC_CLIENT, settings.OIDC_SECRET, scope=SCOPE, redirect_uri=back, code_challenge_method="S256"
    )


def _refused(what: str) -> OperatorError:
    return OperatorError("identity-refused", what, "Begin again from the sign-in page.")
