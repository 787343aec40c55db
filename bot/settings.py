"""Every setting of costbot, in one class: environment variables `COSTBOT_…`, or a file `.env`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from analysis.roles import Role
from bot.outbox.webhooks import Webhook
from bot.settings_values import CustomDimension, EncryptedAddress, ZoneName, domains_in
from handlers.reach import Reach
from queries.dimensions import BUILT_IN, Dimensions
from queries.request_table import DEFAULT_TABLE, RequestTable

DEFAULT_HOME = Path(".costbot")
CHECKOUT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """What a deployment can set.

    Raises:
        pydantic.ValidationError: a value does not fit; the message names the setting.
    """

    model_config = SettingsConfigDict(
        env_prefix="COSTBOT_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default=DEFAULT_HOME,
        validate_default=True,
        description="Folder of the SQLite store, the mart and the reject files; the default is in "
        "the checkout, wherever costbot is started.",
    )
    store_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy address of the store, such as "
        "`postgresql+asyncpg://user:password@host/costbot`; without it, SQLite in the home folder.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `costbot serve` listens on.")
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        description="Port that `costbot serve` listens on.",
    )
    public_url: EncryptedAddress | None = Field(
        default=None,
        description="Where `costbot serve` is reached from outside, such as "
        "`https://costs.example.com`: Slack sends its requests there, and links lead there.",
    )
    zone: ZoneName = Field(
        default="UTC",
        description="IANA zone in which days begin for people without a zone of their own.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="Slack's signing secret: every request over HTTP is checked with it.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None,
        description="The bot's token, `xoxb-…`, with which it speaks to Slack.",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="The app's token, `xapp-…`: set, Socket Mode is used beside HTTP.",
    )
    slack_client_id: str | None = Field(
        default=None,
        description="The app's client id: set, people of several workspaces install costbot by "
        "themselves, at `/slack/install`.",
    )
    slack_client_secret: SecretStr | None = Field(
        default=None,
        description="The app's client secret; goes with the client id.",
    )
    encryption_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="Keys of Fernet's, parted by commas, with which the tokens of installed "
        "workspaces are encrypted: by the first; those behind it still decrypt.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        description="Where Slack's Web API is; with a slash at the end.",
    )
    admins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Slack ids, parted by commas, of people who are admins of all organizations "
        "without being listed by `costbot people`; in an installed workspace, behind its id: "
        "`T024BE7LD/U024BE7LH`.",
    )
    default_organization: str | None = Field(
        default=None,
        description="Organization that people see who are not listed; without it they see nothing.",
    )
    default_role: Role = Field(default=Role.USER, description="Role of people who are not listed.")
    email_domains: Annotated[dict[str, Reach], NoDecode] = Field(
        default={},
        description="What people see who are known by nothing else than the domain of their "
        "e-mail address in Slack: `acme.com=acme:user, globex.com=globex:org_admin`; "
        "without a role: user.",
    )
    dimensions: tuple[CustomDimension, ...] = Field(
        default=(),
        description="The deployment's own dimensions, as a JSON list: "
        '`[{"name": "resolution", "column": "resolution"}, {"name": "gpu_type", "tag": "gpu"}]`.',
    )
    hourly_days: int = Field(
        default=62,
        ge=1,
        le=3660,
        description="For how many days back the mart keeps hours; before: days.",
    )
    mart_threads: int = Field(default=2, ge=1, le=64, description="Threads that DuckDB may use.")
    mart_memory: str = Field(
        default="2GB",
        pattern=r"^\d+(MB|GB)$",
        description="Memory that DuckDB may use before it spills to disk, such as `2GB`.",
    )
    answer_within_seconds: float = Field(
        default=2.0,
        ge=0,
        le=2.5,
        description="How long a command may take to be answered at once; slower ones say what they "
        "are fetching and are answered later (Slack itself gives up after 3 seconds).",
    )
    stale_after_hours: float = Field(
        default=26.0,
        gt=0,
        description="Age from which a source is called stale in every answer.",
    )
    bigquery_project: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9:.-]{4,61}[a-z0-9]$",
        description="Google Cloud project that runs, and pays for, costbot's queries; without it "
        "BigQuery is not asked at all.",
    )
    bigquery_table: str = Field(
        default=DEFAULT_TABLE,
        description="Request-level GPU table, `project.dataset.table`, over which "
        "`costbot query --format sql` writes its statements and from which `costbot sync` reads.",
    )
    bigquery_columns: dict[str, str] = Field(
        default={},
        description="What columns of that table are called where they differ, as a JSON object: "
        '`{"org": "org_name", "billing_type": ""}`; empty where it has none. The deployment\'s own '
        "dimensions are mapped by their names.",
    )
    bigquery_location: str | None = Field(
        default=None, description="Where the table's dataset is, such as `EU` or `us-central1`."
    )
    bigquery_key_file: Path | None = Field(
        default=None,
        description="A service account's key, JSON; without it the application-default "
        "credentials of the machine.",
    )
    bigquery_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Another address of the BigQuery API, such as a private endpoint; one of "
        "`http://` is asked without credentials.",
    )
    bigquery_most_bytes: int = Field(
        default=100 * 1024**3,
        gt=0,
        description="Bytes that one query may bill, 100 GiB by default; one that would take more "
        "is not begun.",
    )
    bigquery_timeout_seconds: float = Field(
        default=300.0, gt=0, description="How long one BigQuery query may take before it is ended."
    )
    bigquery_usd_per_tib: Decimal = Field(
        default=Decimal("6.25"),
        ge=0,
        description="US dollars that a tebibyte billed costs, for what costbot itself costs; 0 "
        "where queries run on reserved slots.",
    )
    sync_minutes: int = Field(
        default=60,
        ge=0,
        le=1440,
        description="How often `costbot serve` refreshes the mart from BigQuery; 0: never.",
    )
    sync_lookback_days: int = Field(
        default=3,
        ge=0,
        le=60,
        description="Days before today that each sync reads again: costs are attributed late.",
    )
    sync_history_days: int = Field(
        default=400, ge=1, le=3660, description="How many days back the mart follows BigQuery."
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="E-mail server, `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`; "
        "without it no e-mail is sent.",
    )
    smtp_from: str = Field(
        default="costbot@localhost", description="Address from which costbot's e-mail comes."
    )
    webhooks: dict[str, Webhook] = Field(
        default={},
        description="Where events are posted, as a JSON object by name: "
        '`{"pager": {"url": "https://…", "secret": "…"}}`; each post is signed with the secret.',
    )
    linear_token: SecretStr | None = Field(
        default=None,
        description="Key of Linear's API, `lin_api_…`, with which incidents become issues; without "
        "it nothing is filed there.",
    )
    linear_api_url: str = Field(
        default="https://api.linear.app/graphql",
        pattern=r"^https?://",
        description="Where Linear's GraphQL API is.",
    )
    gateway_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Token, of 16 characters or more, with which a gateway asks whether a request "
        "may be spent (`/api/v1/costs/budgets/check`), of whatever organization; without it API "
        "tokens alone ask there, each of its own.",
    )
    ingest_most_backlog_mb: int = Field(
        default=1000,
        ge=1,
        description="Megabytes of usage sent over HTTP that may wait for the mart; beyond, whoever "
        "sends is told to come back later (429).",
    )
    api_token_most_days: int = Field(
        default=365,
        ge=1,
        le=3660,
        description="How many days an API token may last; one of which nobody says it lasts 90.",
    )
    oidc_issuer: EncryptedAddress | None = Field(
        default=None,
        description="OpenID provider whose bearer tokens are taken by the REST API, as it stands "
        "in their `iss`: `https://login.example.com/realms/main`; without it API tokens alone are.",
    )
    oidc_audience: str | None = Field(
        default=None,
        validate_default=True,
        description="What has to be among the `aud` of such a token; goes with the issuer.",
    )
    oidc_jwks_url: EncryptedAddress | None = Field(
        default=None,
        description="Where the provider's keys are; without it, its discovery document says so.",
    )
    oidc_organization_claim: str = Field(
        default="costbot_organization",
        min_length=1,
        description="Claim in which the organization stands whose costs such a token reaches.",
    )
    oidc_role_claim: str = Field(
        default="costbot_role",
        min_length=1,
        description="Claim in which its role stands: `user`, `org_admin` or `admin`; without it, "
        "`user`.",
    )
    weekly_summary: bool = Field(
        default=True,
        description="Whether organization admins and admins, listed by name or by user group, get "
        "a summary of the recommendations in Slack, on Mondays at 9 in their zone.",
    )
    anomaly_bands: str = Field(
        default="2/3/4.5",
        pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?/\d+(\.\d+)?$",
        description="From which score on a finding is a notice, a warning, critical: robust "
        "standard deviations, none smaller than the one before it. `/cost replay` tries others.",
    )
    anomaly_least_usd: Decimal = Field(
        default=Decimal(5),
        ge=0,
        description="US dollars that a finding has to move in a day to be told.",
    )
    anomaly_least_ratio: Decimal = Field(
        default=Decimal(25),
        ge=0,
        description="Per cent of what was expected that it has to move.",
    )
    anomaly_falls: bool = Field(
        default=True, description="Whether days far below what was expected are told as well."
    )
    picture_theme: Literal["light", "dark"] = Field(
        default="light",
        description="Ground of the pictures in Slack; everybody sees the same, whatever their own "
        "theme is.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much is logged."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How: lines for people, or a JSON object a line."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Bearer token, of 16 characters or more, with which `/metrics` is read; "
        "without it, it is answered to this machine alone.",
    )

    @field_validator("home")
    @classmethod
    def _in_the_checkout(cls, value: Path) -> Path:
        if value == DEFAULT_HOME and (CHECKOUT / "pyproject.toml").exists():
            return CHECKOUT / DEFAULT_HOME
        return value

    @field_validator("admins", "encryption_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)
        return value

    @field_validator("email_domains", mode="before")
    @classmethod
    def _by_domain(cls, value: object) -> object:
        return domains_in(value) if isinstance(value, str) else value

    @field_validator("bigquery_table")
    @classmethod
    def _is_a_table(cls, value: str) -> str:
        return RequestTable(value).name

    @field_validator("bigquery_columns")
    @classmethod
    def _are_columns(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        own: tuple[CustomDimension, ...] = info.data.get("dimensions", ())
        dimensions = Dimensions(custom.as_dimension() for custom in own)
        return dict(RequestTable(columns=value, dimensions=dimensions).columns)

    @field_validator("anomaly_bands")
    @classmethod
    def _rise(cls, value: str) -> str:
        notice, warning, critical = (Decimal(band) for band in value.split("/"))
        if not 0 < notice <= warning <= critical:
            message = f"the bands {value} do not rise; write them as 2/3/4.5"
            raise ValueError(message)
        return value

    @field_validator("public_url")
    @classmethod
    def _ends_without_a_slash(cls, value: str | None) -> str | None:
        return None if value is None else value.rstrip("/")

    @field_validator("oidc_audience")
    @classmethod
    def _goes_with_the_issuer(cls, value: str | None, info: ValidationInfo) -> str | None:
        if (value is None) != (info.data.get("oidc_issuer") is None):
            message = "COSTBOT_OIDC_ISSUER and COSTBOT_OIDC_AUDIENCE go together"
            raise ValueError(message)
        return value

    @field_validator("dimensions")
    @classmethod
    def _are_new(cls, value: tuple[CustomDimension, ...]) -> tuple[CustomDimension, ...]:
        taken = {dimension.name for dimension in BUILT_IN} | {"day", "hour"}
        for dimension in value:
            if dimension.name in taken:
                message = f"dimension {dimension.name} is declared already"
                raise ValueError(message)
            taken.add(dimension.name)
        return value

    @property
    def zone_info(self) -> ZoneInfo:
        """The default zone, ready for use."""
        return ZoneInfo(self.zone)

    @property
    def request_table(self) -> RequestTable:
        """The request-level table on BigQuery, with its columns."""
        dimensions = Dimensions(custom.as_dimension() for custom in self.dimensions)
        return RequestTable(self.bigquery_table, self.bigquery_columns, dimensions)

    @property
    def store_address(self) -> SecretStr:
        """The store's address: as set, or SQLite in the home folder."""
        if self.store_url is not None:
            return self.store_url
        return SecretStr(f"sqlite+aiosqlite:///{(self.home / 'store.sqlite3').absolute()}")
