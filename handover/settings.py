"""Where things are and how long they may take: everything the surroundings decide."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Read from the environment: ``HANDOVER_PORT=8080``, ``HANDOVER_RASA_URL=...``."""

    model_config = SettingsConfigDict(env_prefix="HANDOVER_", env_file=None, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    https: bool = Field(
        False, description="Pages are reached over https: cookies are marked Secure"
    )
    forwarded_allow_ips: str = Field(
        "", description="Addresses of the proxy whose X-Forwarded-For is believed; empty: none"
    )
    log_level: str = "info"

    var: Path = Field(ROOT / "var", description="Folder for the database and the two secrets")
    database_url: str = Field("", description="Empty: SQLite in the folder `var`")
    master_key: SecretStr = Field(
        SecretStr(""), description="32 bytes as urlsafe base64; empty: the file var/master.key"
    )
    internal_secret: SecretStr = Field(
        SecretStr(""), description="Shared with the action server; empty: var/internal.secret"
    )
    municipality: Path = ROOT / "config" / "kommune.yml"
    assistant_texts: Path = ROOT / "bot" / "actions" / "tekster.yml"
    possibilities: Path = ROOT / "bot" / "knowledge" / "muligheder.yml"

    rasa_url: str = "http://127.0.0.1:5005"
    rasa_timeout: float = Field(8.0, gt=0, description="Seconds until the citizen is told")
    rasa_token: SecretStr = SecretStr("")

    redrive_every: float = Field(2.0, gt=0, description="Seconds between tries at unread messages")
    watch_every: float = Field(30.0, gt=0, description="Seconds between the watchdog's rounds")
    retention_every: float = Field(600.0, gt=0, description="Seconds between erasing rounds")
    counsellor_away_minutes: float = Field(20.0, gt=0)
    session_hours: float = Field(10.0, gt=0)
    stream_poll: float = Field(15.0, gt=0, description="Seconds between looks of an idle stream")

    public_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="Where counsellors reach it: links in calls"
    )
    oidc_issuer: str = Field(
        "",
        pattern=r"^(https://\S+|http://(localhost|127\.0\.0\.1)(:\d+)?(/\S*)?)?$",
        description="The municipality's own login (OpenID Connect); empty: there is none",
    )
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scopes: str = Field("openid profile", pattern=r"(^|\s)openid(\s|$)")
    oidc_claim: str = Field("groups", min_length=1, description="Its values give the roles")
    oidc_session_hours: float = Field(
        8.0, gt=0, description="Then the provider is asked again who it is and with which roles"
    )
    oidc_raadgiver: str = Field("", description="Values that give the role, with commas between")
    oidc_leder: str = ""
    oidc_administrator: str = ""

    smtp_host: str = Field("", description="The server that mails to duty contacts go through")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_sender: str = Field("", pattern=r"^([^@\s]+@[^@\s]+)?$", description="Sender's address")
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="Signs webhooks: whsec_ and base64 of at least 24 bytes"
    )
    call_timeout: float = Field(15.0, gt=0, le=30, description="Seconds for one try at a call")
    escalate_every: float = Field(10.0, gt=0, description="Seconds between looks for untaken cases")

    twilio_account_sid: str = Field("", pattern=r"^(AC[0-9a-fA-F]{32})?$")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Of the region that is used")
    twilio_number: str = Field("", description="Our number with Twilio: +4570123456")
    twilio_region: Literal["", "ie1", "us1", "au1"] = Field(
        "", description="ie1: calls and messages are handled in Ireland"
    )
    twilio_api_url: str = Field("", pattern=r"^(https?://\S+)?$", description="A simulator's")
    voice_answer_within: float = Field(
        4.0, gt=0, le=14, description="Seconds until a caller hears something; Twilio waits for 15"
    )
    sms_every: float = Field(1.0, gt=0, description="Seconds between looks for SMS to read or send")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'handover.sqlite'}"
