"""The one list of dimensions: grammar, help, filters, breakdowns and CSV all follow from it.

A deployment adds its own in the settings (`COSTBOT_DIMENSIONS`), mapped from a column of the
imported file or from a tag; nothing else has to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.roles import Role


class Source(StrEnum):
    """Where a cost comes from."""

    GPU = "gpu"
    USAGE = "usage"
    FOCUS = "focus"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to divide cost.

    Attributes:
        name: the word in commands (`by model`), in CSV headers and in JSON.
        column: its column in the relation `costs`.
        sources: which sources can have a value for it.
        audience: the least role that may divide or filter by it.
        meaning: what it is, half a sentence for the help.
        plural: how several of its values are called ("models").
        import_column: the column of an imported file that fills it; None where `tag` does.
        tag: the tag that fills it; None where a column does.
        custom: added by the deployment's settings.
    """

    name: str
    column: str
    sources: frozenset[Source]
    meaning: str
    plural: str
    audience: Role = Role.USER
    import_column: str | None = None
    tag: str | None = None
    custom: bool = False


BOTH = frozenset({Source.GPU, Source.USAGE})
GPU_ONLY = frozenset({Source.GPU})
USAGE_ONLY = frozenset({Source.USAGE})


def _built_in(
    name: str,
    sources: frozenset[Source],
    meaning: str,
    *,
    column: str | None = None,
    plural: str | None = None,
    audience: Role = Role.USER,
    import_column: str | None = None,
) -> Dimension:
    return Dimension(
        name=name,
        column=column or name,
        # Whatever it is, the tags of a bill can name it.
        sources=sources | {Source.FOCUS},
        meaning=meaning,
        plural=plural or f"{name}s",
        audience=audience,
        import_column=import_column or name,
    )


BUILT_IN: tuple[Dimension, ...] = (
    _built_in("product", BOTH, "the product that was served, such as api or studio"),
    _built_in("provider", USAGE_ONLY, "who runs the model, such as openai"),
    _built_in("model", BOTH, "the model that answered"),
    _built_in("endpoint", BOTH, "the route that was called"),
    # GPU files call it `org`, usage files `organization`: the importers know both.
    _built_in("organization", BOTH, "the customer or department that pays"),
    _built_in("team", USAGE_ONLY, "the team behind the request"),
    _built_in("feature", USAGE_ONLY, "the feature that made the request"),
    _built_in("environment", USAGE_ONLY, "production, staging, …"),
    _built_in("process", GPU_ONLY, "the Studio process", plural="processes"),
    _built_in("workspace", GPU_ONLY, "the Studio workspace"),
    _built_in(
        "user", BOTH, "the person behind the request", column="user_id", audience=Role.ORG_ADMIN
    ),
    _built_in(
        "key", USAGE_ONLY, "the API key's name or hash", column="key_name", audience=Role.ORG_ADMIN
    ),
    _built_in(
        "category",
        BOTH,
        "inference, idle, overhead or unused",
        column="cost_category",
        plural="categories",
        import_column="cost_category",
    ),
    _built_in("billing_type", GPU_ONLY, "how the capacity is paid for", plural="billing types"),
    _built_in("result", BOTH, "success, failed, timeout, …"),
    _built_in("error_type", GPU_ONLY, "infrastructure or applicative", plural="error types"),
)


class Dimensions(Mapping[str, Dimension]):
    """The dimensions of this deployment by name: the built-in ones, then its own.

    Raises:
        ValueError: a name or a column is declared twice.
    """

    def __init__(self, custom: Iterable[Dimension] = ()) -> None:
        self._by_name: dict[str, Dimension] = {}
        columns: set[str] = set()
        for dimension in (*BUILT_IN, *custom):
            if dimension.name in self._by_name or dimension.column in columns:
                message = f"dimension {dimension.name} is declared twice"
                raise ValueError(message)
            self._by_name[dimension.name] = dimension
            columns.add(dimension.column)

    def __getitem__(self, name: str) -> Dimension:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def of(self, source: Source) -> list[Dimension]:
        """The dimensions for which `source` can have a value, in declared order."""
        return [dimension for dimension in self.values() if source in dimension.sources]

    def visible_to(self, role: Role) -> list[Dimension]:
        """The dimensions by which `role` may divide and filter, in declared order."""
        return [dimension for dimension in self.values() if role.reaches(dimension.audience)]
