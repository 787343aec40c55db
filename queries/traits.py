"""What requests say of themselves beyond tokens, for recommendations: hashes, patience, abilities.

Kept in `tags` under declared names, so that the mart's shape does not depend on it. A prompt never
gets there: what does not look like a short hash is replaced by its digest.
"""

from __future__ import annotations

PROMPT_HASH = "prompt_hash"
"""Of the whole prompt, sampling parameters included: equal ones ask the same."""

PREFIX_HASHES = "prefix_hashes"
"""Of the leading blocks, parted by blanks: each over all that precedes it as well."""

PREFIX_BLOCK_TOKENS = "prefix_block_tokens"
"""How many tokens a block has; the last one may have fewer."""

CAN_WAIT = "can_wait"
"""Nobody waits for the answer: true or false."""

USES = "uses"
"""What the request needs a model to be able to do, such as tools or vision, parted by blanks."""

DEFAULT_BLOCK_TOKENS = 512

MOST_BLOCK_TOKENS = 1_000_000

MOST_BLOCKS = 4_096
"""Leading blocks of one request that are kept; what follows counts as not known."""

_LONGEST_HASH = 16
"""Hexadecimal digits: 64 bits, of which ten million make a collision in one of 400,000 cases."""


def words_sql(cell: str) -> str:
    """The words of a JSON list or of a text parted by blanks or commas, as a VARCHAR[]."""
    plain = f"translate({cell}, '[]\"'',;' || chr(9) || chr(10) || chr(13), '         ')"
    return f"list_filter(string_split({plain}, ' '), lambda word: word <> '')"


def hash_sql(cell: str) -> str:
    """A hash as it is kept: itself where it is short and looks like one, else its digest."""
    return (
        f"CASE WHEN length({cell}) <= {_LONGEST_HASH} AND "
        f"regexp_full_match({cell}, '[0-9a-fA-F]+') "
        f"THEN {cell} ELSE left(md5({cell}), {_LONGEST_HASH}) END"
    )


def hashes_sql(cell: str) -> str:
    """The hashes of leading blocks as they are kept."""
    each = f"list_transform({words_sql(cell)}[:{MOST_BLOCKS}], lambda one: {hash_sql('one')})"
    return f"NULLIF(array_to_string({each}, ' '), '')"


def uses_sql(cell: str) -> str:
    """Abilities as they are kept: lower case, each once, in order."""
    each = f"list_sort(list_distinct({words_sql(f'lower({cell})')}))"
    return f"NULLIF(array_to_string({each}, ' '), '')"


def with_traits_sql(tags: str, traits: dict[str, str]) -> str:
    """Tags with some traits, as the text of a JSON object; NULL where there is none of either.

    Args:
        tags: expression for the tags, NULL where there are none.
        traits: expressions for texts, by declared name; NULL: not known, the tags decide.
    """
    members = ", ".join(
        f"""'"{name}":' || to_json({value})::VARCHAR""" for name, value in traits.items()
    )
    joined = f"concat_ws(',', {members})"
    return (
        f"CASE WHEN {joined} = '' THEN {tags} "
        f"ELSE json_merge_patch(COALESCE({tags}, '{{}}'), '{{' || {joined} || '}}')::VARCHAR END"
    )


def trait_sql(name: str) -> str:
    """A trait as text, from `tags`; NULL where it is not known."""
    # Few rows have any: looking for a few letters costs a tenth of reading the object.
    return f"CASE WHEN contains(tags, '\"{name}\"') THEN json_extract_string(tags, '/{name}') END"
