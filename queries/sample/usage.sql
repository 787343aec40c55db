-- LLM requests, in the columns of `costbot import usage`.
-- Reads world, presence, organizations, applications (one row an organization and application),
-- models, loops (the planted incident; may be empty).
CREATE OR REPLACE TEMP TABLE usage_slots AS
WITH expected AS (
    SELECT
        presence.hour,
        applications.organization,
        applications.feature,
        applications.environment,
        root(world.seed || '/usage/' || applications.organization || '/' || applications.key_name
            || '/' || (epoch(presence.hour) // 3600)::BIGINT) AS slot_root,
        world.scale * presence.level * applications.rows * CASE applications.shape
            WHEN 'office' THEN presence.office
            WHEN 'night' THEN presence.night
            ELSE presence.steady
        END AS rows
    FROM presence
    JOIN applications ON applications.organization = presence.organization, world
)
SELECT * EXCLUDE (rows), row_count(rows, slot_root) AS rows
FROM expected;

CREATE OR REPLACE TEMP TABLE usage_drawn AS
WITH numbered AS (
    SELECT * EXCLUDE (rows), unnest(range(rows)) AS i
    FROM usage_slots
),
drawn AS (
    SELECT hour, organization, feature, environment, i, branch(slot_root, 100 + i) AS root
    FROM numbered
),
-- Each draw names its root eight times over: what is drawn from has to be a plain column by then,
-- or planning takes longer than all the rows.
asked AS (
    SELECT
        drawn.*,
        applications.* EXCLUDE (organization, feature, environment),
        -- Where hashes are logged a quarter of the questions are one of forty, word for word.
        if(
            applications.shared_tokens > 0 AND draw(drawn.root, 12) < 0.25,
            floor(draw(drawn.root, 13) * 40)::INTEGER,
            NULL
        ) AS question
    FROM drawn
    JOIN applications USING (organization, feature, environment)
),
rooted AS (
    SELECT
        *,
        if(question IS NULL, root, root(key_name || '/' || question)) AS prompt_root
    FROM asked
),
chosen AS (
    SELECT
        root,
        hour + to_milliseconds(floor(draw(root, 1) * 3600000)::BIGINT) AS time,
        organization,
        team,
        feature,
        environment,
        key_name,
        shape = 'night' AS is_night,
        cached_share,
        shared_tokens,
        question,
        prompt_root,
        request_id('usage/' || organization || '/' || key_name || '/' || epoch(hour)::BIGINT
            || '/' || i) AS request_id,
        if(people > 0, person(organization, people, draw(root, 2) * draw(root, 3)), NULL) AS user,
        from_deck(models, draw(root, 4)) AS model,
        1 + floor(-ln(draw(root, 5)) * (rooted.requests - 1))::BIGINT AS requests,
        -- What all prompts share is of one length.
        shared_tokens + (input_tokens - shared_tokens) * exp(0.45 * normal(prompt_root, 6))
            AS input_each,
        output_tokens * exp(0.4 * normal(root, 8)) AS output_each,
        draw(root, 10) AS luck,
        draw(root, 11) AS cache_luck
    FROM rooted
),
-- What goes wrong is single requests: 0.9 % refused, 0.4 % broken, 0.3 % timed out.
judged AS (
    SELECT
        * REPLACE (if(luck < 0.016, 1, requests) AS requests),
        CASE WHEN luck < 0.009 THEN 429 WHEN luck < 0.013 THEN 500 WHEN luck < 0.016 THEN 504
            ELSE 200 END AS status
    FROM chosen
),
counted AS (
    SELECT
        judged.*,
        models.* EXCLUDE (name),
        if(status IN (429, 500), 0, round(requests * input_each))::BIGINT AS all_input,
        if(status = 200, round(requests * output_each), 0)::BIGINT AS all_output
    FROM judged
    JOIN models ON models.name = judged.model
)
SELECT
    *,
    if(caches, floor(all_input * cached_share * cache_luck), 0)::BIGINT AS cached,
    if(writes_cache, floor(all_input * cached_share * (1 - cache_luck) * 0.4), 0)::BIGINT
        AS written,
    if(reasons, floor(all_output * (0.35 + 0.4 * cache_luck)), 0)::BIGINT AS reasoned,
    organization || '/' || key_name || '/' || model AS cache_name,
    COALESCE('question ' || question, request_id) AS prompt_name,
    if(
        shared_tokens > 0 AND all_input > 0,
        left(md5(cache_name || '/' || prompt_name), 16),
        NULL
    ) AS prompt_hash,
    if(
        shared_tokens > 0 AND all_input > 0,
        array_to_string(list_transform(range((all_input + 2047) // 2048), lambda block: left(md5(
            cache_name || '/' || if((block + 1) * 2048 <= shared_tokens, '', prompt_name) || '/'
                || block
        ), 16)), ' '),
        NULL
    ) AS prefix_hashes
FROM counted;

CREATE OR REPLACE TEMP TABLE usage_loop AS
WITH numbered AS (
    SELECT loops.*, presence.hour, unnest(range(loops.rows_per_hour)) AS i
    FROM loops
    JOIN presence ON presence.organization = loops.organization
        AND presence.hour >= loops.start AND presence.hour < loops.end
),
drawn AS (
    SELECT
        numbered.*,
        branch(root(world.seed || '/loop/' || epoch(numbered.hour)::BIGINT), i) AS root
    FROM numbered, world
),
counted AS (
    SELECT *, 50 + floor(draw(root, 2) * 21)::BIGINT AS requests
    FROM drawn
)
SELECT
    counted.hour + to_milliseconds(floor(draw(root, 1) * 3600000)::BIGINT) AS time,
    counted.organization,
    counted.organization || '-u007' AS user,
    counted.provider,
    counted.model,
    request_id('loop/' || counted.organization || '/' || epoch(counted.hour)::BIGINT || '/' || i)
        AS request_id,
    round(counted.requests * (5000 + 4000 * draw(root, 3)))::BIGINT AS input_tokens,
    round(counted.requests * (450 + 300 * draw(root, 4)))::BIGINT AS output_tokens,
    round(20000 + 9000 * draw(root, 5))::BIGINT AS latency_ms,
    applications.team,
    applications.feature,
    applications.environment,
    counted.key_name,
    counted.requests
FROM counted
JOIN applications USING (organization, key_name);

CREATE OR REPLACE TEMP TABLE usage_rows AS
SELECT
    time,
    organization,
    user,
    provider,
    model,
    request_id,
    (all_input - if(input_includes_cache, 0, cached + written))::BIGINT AS input_tokens,
    (all_output - if(output_includes_reasoning, 0, reasoned))::BIGINT AS output_tokens,
    cached AS cached_input_tokens,
    written AS cache_write_tokens,
    reasoned AS reasoning_tokens,
    is_night AND batches AS batch,
    CASE status
        WHEN 429 THEN 40
        WHEN 504 THEN 60000
        ELSE round(350 + least(55000, output_each * ms_per_token * (0.7 + 0.6 * cache_luck)))
    END::BIGINT AS latency_ms,
    status,
    team,
    feature,
    environment,
    organization || '-' || key_name AS key,
    '{"release":"' || isoyear(time) || '.' || weekofyear(time) || '","region":"'
        || if(cache_luck < 0.3, 'eu', 'us') || '"}' AS tags,
    requests,
    'llm' AS product,
    CASE provider
        WHEN 'anthropic' THEN '/v1/messages'
        WHEN 'google' THEN '/v1beta/models/generateContent'
        ELSE '/v1/chat/completions'
    END AS endpoint,
    prompt_hash,
    prefix_hashes,
    if(prefix_hashes IS NULL, NULL, 2048) AS prefix_block_tokens
FROM usage_drawn
UNION ALL
SELECT
    time, organization, user, provider, model, request_id, input_tokens, output_tokens,
    0, 0, 0, FALSE, latency_ms, 200, team, feature, environment,
    organization || '-' || key_name,
    '{"release":"' || isoyear(time) || '.' || weekofyear(time) || '","region":"us"}',
    requests,
    'llm',
    '/v1/chat/completions',
    NULL,
    NULL,
    NULL
FROM usage_loop;
