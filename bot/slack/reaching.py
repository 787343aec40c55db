"""Whether costbot is reached at its public address, with the signing secret that is set here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from secrets import token_hex
from typing import cast
from urllib.parse import urlsplit

from pydantic import SecretStr

from analysis.checks import Check, failed, passed, warned
from analysis.clock import Clock, system_clock
from bot.slack.cures import APPS

NAME = "public address"

PATH = "/slack/events"

SECONDS = 10.0
"""How long it may take to answer."""

LARGEST = 10_000
"""Bytes of an answer that are read."""

_MOVED = range(300, 400)


@dataclass(frozen=True, slots=True)
class AddressInspection:
    """Asks costbot at its public address what Slack asks there first, signed as Slack signs.

    Attributes:
        url: without a slash at its end.
        signing_secret: with which Slack signs.
        clock: stamps the request.
        seconds: how long it may take to answer.
    """

    url: str
    signing_secret: SecretStr
    clock: Clock = system_clock
    seconds: float = SECONDS

    async def inspect(self) -> list[Check]:
        """One check; nothing is changed anywhere."""
        # Slack's library is slow to load, and a deployment without an address needs nothing of it.
        import aiohttp
        from slack_sdk.signature import SignatureVerifier

        challenge = token_hex(12)
        body = json.dumps({"type": "url_verification", "challenge": challenge})
        stamp = str(int(self.clock().timestamp()))
        verifier = SignatureVerifier(self.signing_secret.get_secret_value())
        signature = verifier.generate_signature(timestamp=stamp, body=body)
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or "",
        }
        where = f"{self.url}{PATH}"
        timeout = aiohttp.ClientTimeout(total=self.seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(where, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                status, said = answer.status, await answer.content.read(LARGEST)
        except TimeoutError:
            return [self._silent(f"nothing came in {self.seconds:g} seconds")]
        except aiohttp.ClientConnectorCertificateError:
            sentence = f"The certificate at {self.url} is not one that Slack would take."
            return [failed(NAME, sentence, "Renew it, with its whole chain.")]
        except (aiohttp.ClientError, OSError) as error:
            return [self._silent(_reason(error))]
        return [self._judged(status, said, challenge)]

    def _silent(self, why: str) -> Check:
        sentence = f"Nothing answers at {self.url}: {why}."
        cure = "Start `costbot serve`, and see that the address leads to it from outside."
        return failed(NAME, sentence, cure)

    def _judged(self, status: int, said: bytes, challenge: str) -> Check:
        if status == 200 and _challenge_in(said) == challenge:
            told = f"costbot answers a signed request at {self.url}{PATH}."
            if urlsplit(self.url).scheme == "https":
                return passed(NAME, told)
            cure = "Slack wants https://: give COSTBOT_PUBLIC_URL an address with TLS."
            return warned(NAME, f"{told} Not encrypted, so Slack sends nothing there.", cure)
        if status == 401:
            sentence = f"What answers at {self.url} does not take the signature."
            cure = (
                "costbot runs there with another COSTBOT_SLACK_SIGNING_SECRET, or one of the two "
                "clocks is wrong by more than 5 minutes: restart it after a change of `.env`."
            )
            return failed(NAME, sentence, cure)
        if status in _MOVED:
            sentence = f"{self.url} leads elsewhere (HTTP {status}), and Slack does not follow."
            return failed(NAME, sentence, "Set COSTBOT_PUBLIC_URL to where it leads.")
        if status in (502, 503, 504):
            sentence = f"A proxy answers at {self.url}, and costbot behind it does not ({status})."
            return failed(NAME, sentence, "Start `costbot serve`, and see where the proxy leads.")
        if status == 403:
            sentence = f"Something before costbot refuses requests at {self.url} (HTTP {status})."
            return failed(NAME, sentence, f"Let {PATH} through without a login.")
        sentence = f"What answers at {self.url}{PATH} is not costbot that hears Slack ({status})."
        cure = (
            f"Lead that path to `costbot serve` with COSTBOT_SLACK_SIGNING_SECRET set, and put the "
            f"address into the app's settings, {APPS}."
        )
        return failed(NAME, sentence, cure)


def _challenge_in(said: bytes) -> object:
    """The challenge that was given back: as JSON, or alone."""
    try:
        found = cast("object", json.loads(said))
    except ValueError:
        return said.decode("utf-8", "replace").strip()
    return cast("dict[str, object]", found).get("challenge") if isinstance(found, dict) else found


def _reason(error: BaseException) -> str:
    told = str(error)
    if isinstance(error, OSError):  # asyncio's own text names an address in place of the reason
        number = error.errno or 0
        told = os.strerror(number) if number > 0 else error.strerror
    return " ".join((told or type(error).__name__).split()).rstrip(".")
