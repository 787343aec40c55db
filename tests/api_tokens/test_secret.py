"""What a token looks like: drawn anew each time, known by its beginning, sure of its end."""

from __future__ import annotations

import re
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from handlers.api_tokens.secret import (
    ALPHABET,
    CHECKSUM_LENGTH,
    LENGTH,
    MARK,
    PREFIX_LENGTH,
    checksum,
    new_secret,
    prefix_in,
    presented,
)

WORDS = st.text(ALPHABET, min_size=LENGTH - 10, max_size=LENGTH - 10)


def written(body: str) -> str:
    return MARK + body + checksum(MARK + body)


def test_a_token_is_one_word_that_says_whose_it_is():
    secret = new_secret()
    text = secret.text.get_secret_value()
    assert re.fullmatch(r"cbt_[0-9A-Za-z]{57}", text)
    assert secret.prefix == text[:PREFIX_LENGTH]
    assert secret.digest == sha256(text.encode()).hexdigest()


def test_no_two_tokens_are_alike_and_none_shows_itself():
    secrets = [new_secret() for _ in range(200)]
    assert len({secret.prefix for secret in secrets}) == 200
    assert len({secret.digest for secret in secrets}) == 200
    for secret in secrets:
        text = secret.text.get_secret_value()
        assert text[PREFIX_LENGTH:] not in repr(secret)
        assert secret.digest not in repr(secret)
        assert secret.digest not in repr(presented(text))


@given(WORDS)
def test_a_token_with_its_checksum_is_read(body: str):
    found = presented(written(body))
    assert found is not None
    assert found.prefix == MARK + body[:8]
    assert found.digest == sha256(written(body).encode()).hexdigest()


@given(WORDS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_seen_without_asking_anybody(body: str, at: int, other: str):
    text = written(body)
    changed = text[:at] + other + text[at + 1 :]
    assert (presented(changed) is None) == (changed != text)


@given(WORDS, st.integers(4, LENGTH - 2))
def test_two_characters_in_the_wrong_order_are_seen(body: str, at: int):
    text = written(body)
    changed = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    assert (presented(changed) is None) == (changed != text)


@given(st.text(max_size=90))
def test_nothing_else_is_taken_for_a_token(text: str):
    assert presented(text) is None
    assert presented(f"{MARK}{text}") is None


def test_lookalikes_are_refused():
    text = new_secret().text.get_secret_value()
    for other in (f" {text}", f"{text}\n", text[:-1], f"{text}0", text.upper(), "cbt_", ""):
        assert presented(other) is None
    fullwidth = text[:-1] + chr(ord("0") + 0xFEE0)
    assert presented(fullwidth) is None


def test_of_a_pasted_token_the_beginning_alone_is_taken():
    text = new_secret().text.get_secret_value()
    assert prefix_in(text) == text[:PREFIX_LENGTH]
    assert prefix_in(text[: PREFIX_LENGTH - 1]) is None
    assert prefix_in(f"x{text}") is None


def test_the_checksum_takes_all_that_a_number_of_32_bits_may_be():
    assert len(ALPHABET) ** CHECKSUM_LENGTH > 2**32
    assert len(ALPHABET) ** (LENGTH - PREFIX_LENGTH - CHECKSUM_LENGTH) >= 2**256
