"""The audit trail of digests: who decided what, with what it was before and after."""

from __future__ import annotations

from storage.records.actor import Actor
from storage.records.audit import AuditEntry, Surface
from storage.records.digest import Digest

DIGEST = "digest"
"""The kind of thing that these decisions are of."""


def of_digest(
    action: str,
    actor: Actor,
    surface: Surface,
    digest: Digest,
    *,
    before: Digest | None = None,
    more: dict[str, object] | None = None,
) -> AuditEntry:
    """A decision on a digest; of a change, only what differs is kept.

    Args:
        action: such as `digest.edit`.
        actor: who decides.
        surface: where.
        digest: as it is now.
        before: as it was; None: it was not there, or stays as it is.
        more: what else there is to say.
    """
    after = _values(digest)
    was = {} if before is None else _values(before)
    differ = [name for name in after if before is None or was[name] != after[name]]
    if more is not None:
        differ = [name for name in differ if before is not None]
    return AuditEntry(
        actor=actor,
        surface=surface,
        action=action,
        object_kind=DIGEST,
        object_id=str(digest.id),
        organization=digest.organization,
        before=None if before is None else {name: was[name] for name in differ},
        after={**{name: after[name] for name in differ}, **(more or {})},
    )


def _values(digest: Digest) -> dict[str, object]:
    schedule = digest.schedule
    return {
        "owner": f"{digest.team_id}/{digest.owner}",
        "organization": digest.organization,
        "role": digest.role.value,
        "address": digest.address,
        "frequency": schedule.frequency.value,
        "at": f"{schedule.at:%H:%M}",
        "zone": schedule.zone.key,
        "weekdays": list(schedule.weekdays),
        "day": schedule.day,
        "filters": {name: list(values) for name, values in digest.filters.items()},
        "customers_only": digest.customers_only,
        "skip_quiet": digest.skip_quiet,
        "theme": digest.theme,
        "paused": digest.paused,
        "stopped": digest.stopped,
        "deleted": digest.deleted_at is not None,
    }
