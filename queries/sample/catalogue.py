"""Who and what the sample consists of: organizations, applications, models, GPU services, pools.

Everything here is made up, except the names of public models and their token conventions.
Weights are relative; what they add up to was set so that six organizations at scale 1 come to
a few thousand dollars a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LARGEST_ORGANIZATIONS = 100
"""More than this is a load test, not a sample."""

INTERNAL_ORGANIZATION = "lt-team"
"""The owner's own traffic on the GPUs, in addition to the customers."""


@dataclass(frozen=True, slots=True)
class Organization:
    """A customer.

    Attributes:
        name: as the files write it.
        zone: IANA zone of its office hours.
        usage_weight, gpu_weight: how much it asks for; 0: nothing of that kind.
        weekly_growth: relative growth a week, compounding.
        weekend_level: traffic at the weekend, as a share of a working day's.
        favourite: the provider that it prefers.
        is_internal: the owner's own traffic.
    """

    name: str
    zone: str
    usage_weight: float
    gpu_weight: float
    weekly_growth: float
    weekend_level: float
    favourite: str
    is_internal: bool = False


_KNOWN: tuple[Organization, ...] = (
    Organization("acme", "America/New_York", 1.5, 1.4, 0.012, 0.25, "openai"),
    Organization("globex", "Europe/Berlin", 1.1, 1.0, 0.008, 0.18, "anthropic"),
    Organization("initech", "America/Chicago", 0.7, 0.5, 0.002, 0.12, "openai"),
    Organization("umbrella", "Asia/Tokyo", 0.9, 0.8, 0.010, 0.30, "google"),
    Organization("hooli", "America/Los_Angeles", 1.2, 0.0, 0.020, 0.35, "anthropic"),
    Organization("stark", "Europe/London", 0.0, 1.1, 0.014, 0.22, "openai"),
    Organization("wayne", "America/New_York", 0.6, 0.4, 0.004, 0.28, "google"),
    Organization("wonka", "Europe/Zurich", 0.5, 0.0, 0.006, 0.20, "openai"),
    Organization("cyberdyne", "America/Los_Angeles", 0.0, 0.7, 0.011, 0.45, "anthropic"),
    Organization("tyrell", "Asia/Singapore", 0.8, 0.3, 0.009, 0.25, "anthropic"),
    Organization("soylent", "Australia/Sydney", 0.4, 0.2, -0.006, 0.40, "meta"),
    Organization("aperture", "Asia/Kolkata", 0.5, 0.3, 0.007, 0.15, "openai"),
)

_INTERNAL = Organization(
    INTERNAL_ORGANIZATION, "Asia/Jerusalem", 0.0, 0.25, 0.003, 0.20, "openai", is_internal=True
)


def organizations(count: int) -> tuple[Organization, ...]:
    """The first `count` customers, and the owner's own traffic after them."""
    more = (
        Organization(f"customer-{number:02}", "UTC", 0.4, 0.3, 0.005, 0.3, "openai")
        for number in range(len(_KNOWN) + 1, count + 1)
    )
    return (*_KNOWN[:count], *more, _INTERNAL)


@dataclass(frozen=True, slots=True)
class Model:
    """A language model.

    Attributes:
        provider, name: as the files write them.
        caches: whether cached input tokens are reported.
        writes_cache: whether tokens written to the cache are reported too.
        reasons: whether it spends output tokens on reasoning.
        batches: whether it is served through a batch interface.
        input_includes_cache: the provider's convention: `input_tokens` holds the cached ones.
        output_includes_reasoning: the provider's convention: `output_tokens` holds reasoning.
        ms_per_token: milliseconds for an output token.
    """

    provider: str
    name: str
    caches: bool = False
    writes_cache: bool = False
    reasons: bool = False
    batches: bool = False
    input_includes_cache: bool = True
    output_includes_reasoning: bool = True
    ms_per_token: float = 18.0


UNPRICED_MODEL = "aurora-7b-internal"
"""A model that no price list knows, so that the unpriced line is seen."""

MODELS: tuple[Model, ...] = (
    Model("openai", "gpt-4", ms_per_token=45),
    Model("openai", "gpt-4-turbo", batches=True, ms_per_token=28),
    Model("openai", "gpt-3.5-turbo", batches=True, ms_per_token=12),
    Model("openai", "gpt-3.5-turbo-16k", ms_per_token=14),
    Model("openai", "gpt-4o-mini", caches=True, batches=True, ms_per_token=9),
    Model("openai", "o3-mini", caches=True, reasons=True, batches=True, ms_per_token=11),
    Model("anthropic", "claude-3-opus", caches=True, writes_cache=True, batches=True,
          input_includes_cache=False, ms_per_token=40),
    Model("anthropic", "claude-3-sonnet", batches=True, input_includes_cache=False,
          ms_per_token=20),
    Model("anthropic", "claude-3-haiku", caches=True, writes_cache=True, batches=True,
          input_includes_cache=False, ms_per_token=8),
    Model("anthropic", "claude-sonnet-4-5", caches=True, writes_cache=True, batches=True,
          input_includes_cache=False, ms_per_token=17),
    Model("google", "gemini-pro", ms_per_token=16),
    Model("google", "gemini-ultra", ms_per_token=34),
    Model("google", "gemini-2.5-flash", caches=True, reasons=True, batches=True,
          output_includes_reasoning=False, ms_per_token=6),
    Model("meta", "llama-2-70b", ms_per_token=30),
    Model("meta", "llama-2-13b", ms_per_token=14),
    Model("inhouse", UNPRICED_MODEL, ms_per_token=10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Application:
    """What an organization does with language models.

    Attributes:
        team, feature, environment: as the files write them.
        shape: when it runs: `office`, `steady` or `night`.
        rows: mean rows an hour at weight 1, over the whole week.
        requests: mean requests that a row stands for.
        input_tokens, output_tokens: medians for one request.
        cached_share: the largest share of the input that a cache serves.
        people: how many users it has; 0: a service, without a user.
        models: model names and their weights.
        only: the one customer that has it; None: every customer.
        shared_tokens: with which all its prompts begin alike, as their hashes tell; 0: it logs no
            hashes.
    """

    team: str
    feature: str
    environment: str
    shape: str
    rows: float
    requests: float
    input_tokens: float
    output_tokens: float
    cached_share: float
    people: int
    models: Mapping[str, float]
    only: str | None = None
    shared_tokens: int = 0

    @property
    def key(self) -> str:
        """The name of its API key within the organization."""
        return f"{self.feature}-{self.environment[:4]}"


APPLICATIONS: tuple[Application, ...] = (
    Application("support", "ticket-answers", "production", "office", 3.4, 20, 2600, 420, 0.7, 40,
                {"gpt-4-turbo": 4, "claude-3-sonnet": 3, "gemini-pro": 2, "gpt-4o-mini": 3,
                 "claude-3-haiku": 2}),
    Application("search", "semantic-search", "production", "steady", 3.0, 26, 1500, 160, 0.5, 0,
                {"gpt-3.5-turbo": 4, "gpt-4o-mini": 4, "gemini-2.5-flash": 3, "llama-2-13b": 2,
                 "claude-3-haiku": 2}),
    Application("growth", "email-drafts", "production", "office", 2.2, 12, 1800, 700, 0.2, 25,
                {"gpt-4": 1, "gpt-4-turbo": 3, "claude-3-sonnet": 3, "gemini-ultra": 1,
                 "gpt-3.5-turbo-16k": 1}),
    Application("engineering", "code-review", "production", "office", 2.6, 8, 14000, 1100, 0.8, 60,
                {"claude-3-opus": 2, "claude-sonnet-4-5": 5, "gpt-4-turbo": 2, "o3-mini": 3,
                 "gemini-ultra": 1}),
    Application("data", "document-extraction", "production", "night", 2.4, 60, 5200, 380, 0.3, 0,
                {"gpt-4-turbo": 1, "gpt-4o-mini": 3, "claude-3-haiku": 4, "gemini-2.5-flash": 3,
                 "llama-2-70b": 2, "o3-mini": 1}),
    Application("research", "evaluations", "staging", "office", 1.0, 6, 3600, 900, 0.1, 12,
                {"gpt-4": 2, "claude-3-opus": 2, "gemini-ultra": 2, "llama-2-70b": 2,
                 UNPRICED_MODEL: 2}),
    Application("engineering", "integration-tests", "development", "office", 1.0, 3, 900, 120, 0.0,
                30, {"gpt-3.5-turbo": 3, "claude-3-haiku": 2, "gemini-pro": 2, "llama-2-13b": 2,
                     UNPRICED_MODEL: 1}),
    # A long handbook before every question, and nobody told the provider to cache it.
    Application("support", "help-chat", "production", "office", 8.0, 1, 24000, 350, 0.0, 120,
                {"claude-sonnet-4-5": 1}, only="acme", shared_tokens=20_480),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Service:
    """What is asked of the GPUs.

    Attributes:
        product: `api` or `studio`.
        endpoint: the API's route; None for Studio.
        process: Studio's process; None for the API.
        model: which pool of GPUs it runs on, see `POOLS`.
        rows: mean rows an hour at weight 1, over the whole week.
        seconds: median wall seconds on the GPUs.
        gpus: GPUs at a time.
    """

    product: str
    endpoint: str | None
    process: str | None
    model: str
    rows: float
    seconds: float
    gpus: int


SERVICES: tuple[Service, ...] = (
    Service("api", "/v1/text-to-video", None, "ltxv-13b", 2.4, 190, 8),
    Service("api", "/v1/text-to-video", None, "ltxv-2b", 1.9, 64, 4),
    Service("api", "/v1/image-to-video", None, "ltxv-13b", 1.4, 170, 8),
    Service("api", "/v1/image-to-video", None, "ltxv-2b", 1.3, 58, 4),
    Service("api", "/v1/extend-video", None, "ltxv-13b", 0.5, 230, 8),
    Service("api", "/v1/upscale", None, "upscaler", 1.1, 96, 2),
    Service("studio", None, "storyboard", "ltxv-2b", 1.0, 45, 4),
    Service("studio", None, "scene-generation", "ltxv-13b", 1.1, 205, 8),
    Service("studio", None, "retake", "ltxv-13b", 0.5, 140, 8),
    Service("studio", None, "export-upscale", "upscaler", 0.7, 120, 2),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """The GPUs that serve one model.

    Attributes:
        model: the model.
        fleet: USD an hour that the reserved GPUs of six organizations cost at growth 1.
        billing: billing types and their weights.
    """

    model: str
    fleet: float
    billing: Mapping[str, float]


POOLS: tuple[Pool, ...] = (
    Pool("ltxv-13b", 28.0, {"reserved": 7, "on_demand": 3}),
    Pool("ltxv-2b", 6.0, {"reserved": 6, "on_demand": 2, "spot": 2}),
    Pool("upscaler", 2.5, {"reserved": 2, "spot": 8}),
)

GPU_HOUR_MICRODOLLARS: Mapping[str, int] = {
    "reserved": 2_100_000,
    "on_demand": 3_400_000,
    "spot": 1_250_000,
}
"""Millionths of a US dollar for one hour of one GPU, by billing type."""
