"""Randomness that is the same everywhere: draws that depend on nothing but what they are for.

The mixing step is `lowbias32` of Chris Wellons' hash prospector
(https://github.com/skeeto/hash-prospector), in 64-bit integers masked to 32 bits. DuckDB's own
`hash` is not promised to stay the same between versions; the sample has to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import duckdb

_MACROS = """
CREATE OR REPLACE TEMP MACRO mix_1(x) AS (xor(x, x >> 16) * 2146121005::UBIGINT) & 4294967295;
CREATE OR REPLACE TEMP MACRO mix_2(x) AS (xor(x, x >> 15) * 2221713035::UBIGINT) & 4294967295;
CREATE OR REPLACE TEMP MACRO mix_3(x) AS xor(x, x >> 16);
CREATE OR REPLACE TEMP MACRO mix(x) AS mix_3(mix_2(mix_1(x)));
CREATE OR REPLACE TEMP MACRO root(text) AS md5_number_lower(text) & 4294967295;
CREATE OR REPLACE TEMP MACRO branch(root, i) AS
    mix((root + i::UBIGINT * 2654435761::UBIGINT) & 4294967295);
CREATE OR REPLACE TEMP MACRO draw(root, salt) AS (branch(root, salt) + 0.5) / 4294967296;
CREATE OR REPLACE TEMP MACRO normal(root, salt) AS
    sqrt(-2 * ln(draw(root, salt))) * cos(6.283185307179586 * draw(root, salt + 1));
CREATE OR REPLACE TEMP MACRO from_deck(deck, u) AS deck[1 + floor(u * len(deck))::INTEGER];
CREATE OR REPLACE TEMP MACRO row_count(mean, root) AS
    floor(mean * exp(0.15 * normal(root, 1)) + draw(root, 3))::BIGINT;
CREATE OR REPLACE TEMP MACRO person(organization, people, u) AS
    organization || '-u' || lpad((1 + floor(u * people))::INTEGER::VARCHAR, 3, '0');
CREATE OR REPLACE TEMP MACRO request_id(text) AS 'req_' || left(md5(text), 20);
"""


def add_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds the macros that the generators draw with.

    `root(text)` is where the draws for a slot begin, `branch(root, i)` where those for its i-th
    row do. `draw(root, salt)` is uniform in (0, 1), `normal(root, salt)` standard normal (it
    uses two salts), `from_deck(deck, u)` a card, each with its share of the deck,
    `row_count(mean, root)` how many rows a slot has (it uses the salts 1 to 3).
    """
    connection.execute(_MACROS)


def deck(weights: Mapping[str, float], cards: int = 120) -> list[str]:
    """A deck in which each name lies as often as its weight says, at least once."""
    whole = sum(weights.values())
    return [
        name
        for name, weight in weights.items()
        for _ in range(max(1, math.floor(weight / whole * cards + 0.5)))
    ]
