-- When an organization is at work: one row an hour and organization.
-- Reads world(seed, scale, since, until), organizations. Shapes average about 1 over a week.
CREATE OR REPLACE TEMP TABLE presence AS
WITH hours AS (
    SELECT unnest(generate_series(since, until - INTERVAL 1 MICROSECOND, INTERVAL 1 HOUR)) AS hour
    FROM world
),
local AS (
    SELECT
        hours.hour,
        organizations.name AS organization,
        hour(timezone(organizations.zone, hours.hour)) AS clock,
        isodow(timezone(organizations.zone, hours.hour)) >= 6 AS is_weekend,
        organizations.weekend_level,
        -- Compounding, from a fixed day on, so that an hour is the same whenever it is generated;
        -- bounded, so that the sample stays readable for years.
        greatest(0.25, least(4.0, exp(
            organizations.weekly_growth
            * (epoch(hours.hour) - epoch(TIMESTAMPTZ '2026-11-01 00:00:00+00')) / 604800
        ))) AS growth,
        root(world.seed || '/day/' || organizations.name || '/'
            || (epoch(hours.hour) // 86400)::BIGINT) AS day_root
    FROM hours, organizations, world
)
SELECT
    hour,
    organization,
    growth * exp(0.05 * normal(day_root, 1)) AS level,
    if(is_weekend, weekend_level, 1.0)
        * 4.0 * (0.06 + exp(-pow((clock - 13.5) / 3.6, 2))) AS office,
    if(is_weekend, 0.5 + 0.5 * weekend_level, 1.15)
        * (1.0 + 0.4 * cos((clock - 15) / 24 * 6.283185307179586)) AS steady,
    if(is_weekend, 0.7, 1.0) * if(clock BETWEEN 1 AND 4, 6.5, 0.0) AS night
FROM local;
