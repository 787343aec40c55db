"""The names that one model goes by: what a gateway writes, and what a price list writes."""

from __future__ import annotations

import re

PROVIDER_ALIASES: dict[str, str] = {
    "azure": "openai",
    "azure-openai": "openai",
    "azure_openai": "openai",
    "azure_ai": "openai",
    "open-ai": "openai",
    "vertex": "google",
    "vertex-ai": "google",
    "vertex_ai": "google",
    "google-vertex": "google",
    "google-genai": "google",
    "gemini": "google",
    "xai": "x-ai",
    "x-ai": "xai",
    "grok": "xai",
    "mistralai": "mistral",
    "meta-llama": "meta",
    "claude": "anthropic",
}
"""Providers that sell a maker's models at the maker's list price, and other names of the maker."""

RESELLERS = frozenset({"bedrock", "aws", "amazon", "aws-bedrock", "amazon-bedrock"})
"""Providers whose models carry the maker's name in front: `us.anthropic.claude-3-haiku-…-v1:0`."""

_DATE = re.compile(r"[-@](20\d{2}-\d{2}-\d{2}|20\d{6})$")
_RESOLD = re.compile(
    r"^(?:(?:us|eu|apac|jp|au|global)\.)?(?P<maker>[a-z0-9-]+)\.(?P<model>.+?)(?:-v\d+(?::\d+)?)?$"
)


def spellings(provider: str, model: str) -> list[tuple[str, str]]:
    """The (provider, model) pairs under which a price list may have the model, best first.

    Args:
        provider: as the request names it.
        model: as the request names it.

    Returns:
        Pairs in lower case: as given, then without a trailing date (`-2024-04-09`, `-20240229`),
        then the same under the provider's other name.
    """
    provider, model = provider.strip().lower(), model.strip().lower()
    names = [(provider, model)]
    if alias := PROVIDER_ALIASES.get(provider):
        names.append((alias, model))
    if provider in RESELLERS and (resold := _RESOLD.match(model)):
        names.append((resold["maker"], resold["model"]))
    with_dates = [pair for name, of in names for pair in ((name, of), (name, without_date(of)))]
    return list(dict.fromkeys(with_dates))


def without_date(model: str) -> str:
    """The model's name without the date of its release at the end."""
    return _DATE.sub("", model)
