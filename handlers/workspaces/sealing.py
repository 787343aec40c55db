"""Tokens of Slack, encrypted: readable for who has a key of the settings, and for nobody else.

Fernet (AES-128 in CBC mode with HMAC-SHA256): https://github.com/fernet/spec. What is encrypted
names its workspace: one row's text in another row is not taken for its token.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import SecretStr

from analysis.errors import BadInput, Unavailable

MAKE_ONE = (
    "Make one by `costbot workspaces new-key`, and set COSTBOT_ENCRYPTION_KEYS to it; what is "
    "encrypted with an old one is read as long as the old one stands behind it."
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Slack gives for an installation.

    Attributes:
        bot: `xoxb-…`, or `xoxe.xoxb-…` where tokens are rotated.
        refresh: `xoxe-…`, which a new one is asked for with; None: the bot's token does not end.
    """

    bot: SecretStr
    refresh: SecretStr | None = None


class Sealing:
    """Encrypts tokens, and reads them.

    Args:
        keys: the first encrypts, all decrypt.

    Raises:
        BadInput: there is none, or one is no key of Fernet's.
    """

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        # It takes a while to load, and most deployments have a single workspace.
        from cryptography.fernet import Fernet, MultiFernet

        if not keys:
            sentence = "There is no key to encrypt the tokens of Slack workspaces with."
            raise BadInput(sentence, MAKE_ONE)
        fernets: list[Fernet] = []
        for number, key in enumerate(keys, start=1):
            try:
                fernets.append(Fernet(key.get_secret_value()))
            except ValueError:
                sentence = f"Key {number} of COSTBOT_ENCRYPTION_KEYS is no key of Fernet's."
                raise BadInput(sentence, MAKE_ONE) from None  # its text would quote the key
        self._fernets = MultiFernet(fernets)

    def seal(self, workspace: str, tokens: Tokens) -> str:
        """Encrypts the tokens of a workspace, with the first key."""
        plain = {
            "workspace": workspace,
            "bot": tokens.bot.get_secret_value(),
            "refresh": tokens.refresh and tokens.refresh.get_secret_value(),
        }
        return self._fernets.encrypt(json.dumps(plain).encode()).decode()

    def open(self, workspace: str, sealed: str) -> Tokens:
        """The tokens of a workspace.

        Raises:
            Unavailable: no key of the settings fits, or they are another workspace's.
        """
        from cryptography.fernet import InvalidToken

        try:
            plain = cast("dict[str, str | None]", json.loads(self._fernets.decrypt(sealed)))
        except InvalidToken:
            raise Unavailable(
                f"The token of workspace {workspace} cannot be read with any key. Put the key that "
                "encrypted it back into COSTBOT_ENCRYPTION_KEYS, or install costbot there anew."
            ) from None  # its text says nothing
        if plain["workspace"] != workspace:
            raise Unavailable(
                f"The token that is kept for workspace {workspace} is another one's. Install "
                "costbot there anew."
            )
        refresh = plain["refresh"]
        return Tokens(SecretStr(str(plain["bot"])), SecretStr(refresh) if refresh else None)


def new_key() -> str:
    """A key of Fernet's: 32 random bytes, in base64."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()
