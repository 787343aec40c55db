"""The one credential that is looked at: `Authorization: Bearer …` (RFC 6750, section 2.1)."""

from __future__ import annotations

import re

from fastapi import Request

LONGEST = 8192
"""Characters of a token; one of an OpenID provider may have a few thousand."""

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*) *", re.ASCII | re.IGNORECASE)


def bearer_of(request: Request) -> str | None:
    """The token that a request sends; None: it sends none, or none that is one.

    Tokens in a query, a form or a cookie are not looked at: addresses stand in logs, and cookies
    are sent by browsers that nobody asked. A request with two of these headers sends none: which
    of them another server on the way has looked at is not known.
    """
    sent = request.headers.getlist("authorization")
    if len(sent) != 1 or len(sent[0]) > LONGEST:
        return None
    found = _BEARER.fullmatch(sent[0])
    return None if found is None else found[1]
