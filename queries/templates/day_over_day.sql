-- day_over_day
-- What did a day cost against the day before it, by product?
--
-- Parameters:
--   day DATE = yesterday: the UTC day that is compared with the one before it
--   threshold FLOAT64 = 0.15: a larger change, up or down, is flagged
-- Reads: day - 1 .. day
-- Columns:
--   level STRING: product, or total for all of them
--   product STRING: API, Studio, …; NULL: the rows name none, or it is the total
--   fully_loaded_cost BIGNUMERIC (USD): of the day
--   cost_before BIGNUMERIC (USD): of the day before
--   change BIGNUMERIC (USD): more than before
--   change_ratio FLOAT64 (1 is twice as much): the change as a share of before; NULL: nothing before
--   is_flagged BOOL: the change is larger than the threshold, or there was nothing before
--   requests INT64: of the day
--   requests_before INT64: of the day before
--   unpriced_requests INT64: without a price, in both: their cost is in neither
WITH added AS (
  SELECT
    product,
    SUM(IF(dt = @day, fully_loaded_cost, 0)) AS loaded,
    SUM(IF(dt < @day, fully_loaded_cost, 0)) AS loaded_before,
    SUM(IF(dt = @day, requests, 0)) AS served,
    SUM(IF(dt < @day, requests, 0)) AS served_before,
    SUM(unpriced_requests) AS unpriced
  FROM costs
  WHERE dt BETWEEN DATE_SUB(@day, INTERVAL 1 DAY) AND @day
    AND cost_category = 'inference'
  GROUP BY product
),
levels AS (
  SELECT 1 AS place, 'product' AS level, product, loaded, loaded_before, served, served_before, unpriced
  FROM added
  UNION ALL
  SELECT
    2,
    'total',
    NULL,
    COALESCE(SUM(loaded), 0),
    COALESCE(SUM(loaded_before), 0),
    COALESCE(SUM(served), 0),
    COALESCE(SUM(served_before), 0),
    COALESCE(SUM(unpriced), 0)
  FROM added
)
SELECT
  level,
  product,
  loaded AS fully_loaded_cost,
  loaded_before AS cost_before,
  loaded - loaded_before AS change,
  CAST(SAFE_DIVIDE(loaded - loaded_before, loaded_before) AS FLOAT64) AS change_ratio,
  COALESCE(
    ABS(CAST(SAFE_DIVIDE(loaded - loaded_before, loaded_before) AS FLOAT64)) > @threshold,
    loaded > 0
  ) AS is_flagged,
  served AS requests,
  served_before AS requests_before,
  unpriced AS unpriced_requests
FROM levels
ORDER BY place, ABS(loaded - loaded_before) DESC, product
