-- cost_drivers
-- Which endpoints, models, organizations, … moved the cost between two periods: by volume, mix or rate?
-- Of each dimension the rows add up to the whole change. With q requests (priced ones), c cost, Q and
-- C their totals, 0 before and 1 now:
--   volume = c0 * (Q1 - Q0) / Q0          what the member would have changed with the total's requests
--   mix    = c0 * q1 / q0 - c0 * Q1 / Q0  its larger or smaller part of the requests, at its old rate
--   rate   = the rest, q1 * (c1 / q1 - c0 / q0)
-- A new member has no old rate: its cost is mix. Where nothing was before, all of it is volume.
--
-- Parameters:
--   first_day DATE = last_day - 6: first UTC day of the period
--   last_day DATE = yesterday: last UTC day of the period
--   before_first_day DATE = first_day - 1 - last_day + first_day: first UTC day of the period before; without it, as long as the period
--   before_last_day DATE = first_day - 1: last UTC day of the period before
-- Reads: before_first_day .. last_day
-- Columns:
--   dimension STRING: endpoint, model, organization, process, result or billing_type
--   value STRING: of the dimension; NULL: the rows name none
--   fully_loaded_cost BIGNUMERIC (USD): in the period, without what is unpriced
--   cost_before BIGNUMERIC (USD): in the period before
--   change BIGNUMERIC (USD): volume, mix and rate together
--   volume BIGNUMERIC (USD): because there were more requests in all, or fewer
--   mix BIGNUMERIC (USD): because more or fewer of the requests were of this value
--   rate BIGNUMERIC (USD): because its requests became dearer or cheaper
--   requests INT64: with a price, in the period
--   requests_before INT64: with a price, in the period before
--   unpriced_requests INT64: without a price, in both periods: their cost is in neither
WITH added AS (
  SELECT
    endpoint,
    model,
    organization,
    process,
    result,
    billing_type,
    SUM(IF(dt BETWEEN @first_day AND @last_day, fully_loaded_cost, 0)) AS c1,
    SUM(IF(dt BETWEEN @before_first_day AND @before_last_day, fully_loaded_cost, 0)) AS c0,
    SUM(IF(dt BETWEEN @first_day AND @last_day, requests - unpriced_requests, 0)) AS q1,
    SUM(IF(dt BETWEEN @before_first_day AND @before_last_day, requests - unpriced_requests, 0)) AS q0,
    SUM(unpriced_requests) AS unpriced
  FROM costs
  WHERE (dt BETWEEN @first_day AND @last_day OR dt BETWEEN @before_first_day AND @before_last_day)
    AND cost_category = 'inference'
  GROUP BY endpoint, model, organization, process, result, billing_type
),
listed AS (
  SELECT 1 AS place, 'endpoint' AS dimension, endpoint AS member, c1, c0, q1, q0, unpriced FROM added
  UNION ALL
  SELECT 2, 'model', model, c1, c0, q1, q0, unpriced FROM added
  UNION ALL
  SELECT 3, 'organization', organization, c1, c0, q1, q0, unpriced FROM added
  UNION ALL
  SELECT 4, 'process', process, c1, c0, q1, q0, unpriced FROM added
  UNION ALL
  SELECT 5, 'result', result, c1, c0, q1, q0, unpriced FROM added
  UNION ALL
  SELECT 6, 'billing_type', billing_type, c1, c0, q1, q0, unpriced FROM added
),
members AS (
  SELECT
    place,
    dimension,
    member,
    SUM(c1) AS cost_1,
    SUM(c0) AS cost_0,
    SUM(q1) AS requests_1,
    SUM(q0) AS requests_0,
    SUM(unpriced) AS without_price
  FROM listed
  GROUP BY place, dimension, member
),
beside AS (
  SELECT
    place,
    dimension,
    member,
    cost_1,
    cost_0,
    requests_1,
    requests_0,
    without_price,
    SUM(requests_1) OVER (PARTITION BY dimension) AS all_1,
    SUM(requests_0) OVER (PARTITION BY dimension) AS all_0,
    COUNT(member) OVER (PARTITION BY dimension) AS named
  FROM members
),
split AS (
  SELECT
    place,
    dimension,
    member,
    cost_1,
    cost_0,
    requests_1,
    requests_0,
    without_price,
    CASE
      WHEN all_0 = 0 THEN cost_1 - cost_0
      ELSE CAST(SAFE_DIVIDE(cost_0 * (all_1 - all_0), all_0) AS BIGNUMERIC)
    END AS by_volume,
    CASE
      WHEN all_0 = 0 THEN 0
      WHEN requests_0 = 0 THEN cost_1 - CAST(SAFE_DIVIDE(cost_0 * all_1, all_0) AS BIGNUMERIC)
      ELSE CAST(SAFE_DIVIDE(cost_0 * requests_1, requests_0) AS BIGNUMERIC)
        - CAST(SAFE_DIVIDE(cost_0 * all_1, all_0) AS BIGNUMERIC)
    END AS by_mix
  FROM beside
  -- A dimension of which no row names a value says nothing.
  WHERE named > 0
)
SELECT
  dimension,
  member AS value,
  cost_1 AS fully_loaded_cost,
  cost_0 AS cost_before,
  cost_1 - cost_0 AS change,
  by_volume AS volume,
  by_mix AS mix,
  cost_1 - cost_0 - by_volume - by_mix AS rate,
  requests_1 AS requests,
  requests_0 AS requests_before,
  without_price AS unpriced_requests
FROM split
WHERE cost_1 > 0 OR cost_0 > 0 OR without_price > 0
ORDER BY ABS(cost_1 - cost_0) DESC, place, value
