-- GPU requests and pool costs, in the columns of `costbot import gpu`.
-- Reads world, presence, organizations, services, pools, storms (the planted incident; may be
-- empty). Money is counted in whole millionths of a dollar until the end, so that the shares of
-- idle and overhead on the requests can never exceed what there is.
CREATE OR REPLACE TEMP TABLE gpu_drawn AS
WITH expected AS (
    SELECT
        presence.hour,
        services.* EXCLUDE (rows),
        organizations.name AS organization,
        organizations.is_internal,
        root(world.seed || '/gpu/' || organizations.name || '/' || services.service || '/'
            || (epoch(presence.hour) // 3600)::BIGINT) AS slot_root,
        world.scale * presence.level * services.rows * organizations.gpu_weight
            * if(services.product = 'studio', 1.0, 0.5) * presence.office
            + world.scale * presence.level * services.rows * organizations.gpu_weight
            * if(services.product = 'studio', 0.0, 0.5) * presence.steady AS rows
    FROM presence
    JOIN organizations ON organizations.name = presence.organization, services, world
    WHERE organizations.gpu_weight > 0
),
numbered AS (
    SELECT
        * EXCLUDE (rows),
        unnest(range(row_count(rows, slot_root))) AS i
    FROM expected
),
drawn AS (
    SELECT *, branch(slot_root, 100 + i) AS root
    FROM numbered
),
chosen AS (
    SELECT
        drawn.*,
        floor(draw(root, 1) * 3600000)::BIGINT AS offset_ms,
        round(1000 * seconds * exp(0.35 * normal(root, 2)))::BIGINT AS inference_ms,
        round(200 - ln(draw(root, 4)) * 2500)::BIGINT AS queue_ms,
        from_deck(pools.billing, draw(root, 5)) AS billing_type,
        draw(root, 6) AS luck,
        draw(root, 7) AS who_luck,
        EXISTS (
            FROM storms
            WHERE drawn.hour >= storms.start AND drawn.hour < storms.end
                AND drawn.endpoint = storms.endpoint AND drawn.model = storms.model
                AND NOT drawn.is_internal
        ) AS in_storm
    FROM drawn
    JOIN pools USING (model)
),
judged AS (
    SELECT
        *,
        CASE
            WHEN in_storm AND luck < 0.85 THEN 'failed'
            WHEN luck > 0.982 THEN 'failed'
            WHEN luck > 0.976 THEN 'timeout'
            ELSE 'success'
        END AS result,
        if(luck < 0.992, 'infrastructure', 'applicative') AS error_source
    FROM chosen
)
SELECT
    *,
    inference_ms * gpus AS gpu_ms,
    -- Half up, in whole millionths of a dollar.
    (inference_ms * gpus * rates.micro_per_hour + 1800000) // 3600000 AS cost_micro
FROM judged
JOIN rates USING (billing_type);

-- Every failed request of the storm is sent again and again by the clients, and fails again. The
-- retries run on capacity bought by the second: no idle, no overhead.
CREATE OR REPLACE TEMP TABLE gpu_retries AS
WITH tries AS (
    SELECT *, unnest(range(1, 3 + floor(draw(root, 20) * 4)::BIGINT)) AS attempt
    FROM gpu_drawn
    WHERE in_storm AND result = 'failed'
),
timed AS (
    SELECT
        * EXCLUDE (inference_ms, gpu_ms, cost_micro, micro_per_hour, billing_type, offset_ms),
        'on_demand' AS billing_type,
        least(offset_ms + attempt * 60000, 3599999) AS offset_ms,
        round(inference_ms * (0.6 + 0.35 * draw(root, 20 + attempt)))::BIGINT AS inference_ms
    FROM tries
)
SELECT
    *,
    inference_ms * gpus AS gpu_ms,
    (inference_ms * gpus * rates.micro_per_hour + 1800000) // 3600000 AS cost_micro
FROM timed
JOIN rates USING (billing_type);

-- What the pools cost beside the requests, one row an hour and pool.
CREATE OR REPLACE TEMP TABLE gpu_pools AS
WITH busy AS (
    SELECT hour, model, sum(cost_micro)::BIGINT AS busy_micro
    FROM gpu_drawn
    GROUP BY hour, model
),
hours AS (
    -- Whole numbers: a sum of floats depends on the order in which threads come along.
    SELECT hour, sum(round(level * 1000000)::BIGINT) / 1e6 / count(*) AS level
    FROM presence
    GROUP BY hour
),
drawn AS (
    SELECT
        hours.hour,
        pools.model,
        coalesce(busy.busy_micro, 0) AS busy_micro,
        pools.fleet_micro * world.scale * hours.level AS fleet_micro,
        root(world.seed || '/pool/' || pools.model || '/' || (epoch(hours.hour) // 3600)::BIGINT)
            AS root
    FROM hours
    CROSS JOIN pools
    CROSS JOIN world
    LEFT JOIN busy USING (hour, model)
),
counted AS (
    SELECT
        hour,
        model,
        busy_micro,
        greatest(
            fleet_micro * (0.9 + 0.1 * draw(root, 1)) - 0.7 * busy_micro, 0.07 * busy_micro
        )::BIGINT AS idle_micro,
        (0.04 * busy_micro + 0.02 * fleet_micro)::BIGINT AS overhead_micro,
        (fleet_micro * 0.12 * draw(root, 2))::BIGINT AS unused_micro
    FROM drawn
)
SELECT
    *,
    -- Whole shares only, rounded down, of the part that some request can be held to account for.
    least(idle_micro * 6 // 10, busy_micro * 3 // 10) AS attributable_idle,
    if(busy_micro > 0, overhead_micro * 9 // 10, 0) AS attributable_overhead
FROM counted;

CREATE OR REPLACE TEMP MACRO dollars(micro) AS
    (micro::DECIMAL(30, 0) * 0.000001::DECIMAL(6, 6))::DECIMAL(18, 6);

CREATE OR REPLACE TEMP MACRO part(amount, share, whole) AS
    (amount::HUGEINT * share // whole)::BIGINT;

CREATE OR REPLACE TEMP TABLE gpu_rows AS
WITH shared AS (
    SELECT
        gpu_drawn.*,
        0 AS attempt,
        part(gpu_pools.attributable_idle, cost_micro, busy_micro) AS idle_micro,
        part(gpu_pools.attributable_overhead, cost_micro, busy_micro) AS overhead_micro
    FROM gpu_drawn
    JOIN gpu_pools USING (hour, model)
),
requests AS (
    SELECT * FROM shared
    UNION ALL BY NAME
    SELECT *, 0 AS idle_micro, 0 AS overhead_micro FROM gpu_retries
),
named AS (
    SELECT
        hour + to_milliseconds(offset_ms) AS time,
        'inference' AS cost_category,
        dollars(cost_micro) AS row_cost,
        dollars(idle_micro) AS attributed_idle_cost,
        dollars(overhead_micro) AS attributed_overhead_cost,
        -- For 1.5 % nobody recorded whose traffic it was.
        if(who_luck < 0.015, NULL, is_internal) AS is_lt_team,
        product,
        endpoint,
        process,
        if(
            product = 'studio',
            organization || '-' || from_deck(['film', 'ads', 'social'], who_luck),
            NULL
        ) AS workspace,
        model,
        organization AS org,
        person(organization, 60, draw(root, 8) * draw(root, 9)) AS user,
        request_id('gpu/' || organization || '/' || service || '/' || epoch(hour)::BIGINT || '/'
            || i || '/' || attempt) AS request_id,
        billing_type,
        result,
        if(result = 'success', NULL, error_source) AS error_type,
        (queue_ms + inference_ms + 350)::BIGINT AS request_processing_time_ms,
        inference_ms AS request_inference_time_ms,
        queue_ms AS request_queue_time_ms,
        (gpu_ms::DECIMAL(30, 0) * 0.001::DECIMAL(3, 3))::DECIMAL(18, 3) AS gpu_seconds
    FROM requests
),
-- Pools belong to no product and no customer.
pool_costs AS (
    UNPIVOT (
        SELECT
            hour,
            model,
            idle_micro AS idle,
            overhead_micro AS overhead,
            unused_micro AS unused
        FROM gpu_pools
    )
    ON idle, overhead, unused
    INTO NAME cost_category VALUE micro
)
SELECT time::TIMESTAMPTZ AS time, (time AT TIME ZONE 'UTC')::DATE AS dt, * EXCLUDE (time)
FROM (
    SELECT * FROM named
    UNION ALL BY NAME
    SELECT
        hour AS time,
        cost_category,
        dollars(micro) AS row_cost,
        FALSE AS is_lt_team,
        model,
        request_id('pool/' || model || '/' || cost_category || '/' || epoch(hour)::BIGINT)
            AS request_id,
        'reserved' AS billing_type
    FROM pool_costs
    WHERE micro > 0
);
