-- anomaly_detection
-- Which days' cost or volume lies far from the 7 days before, by product?
-- A day is never part of its own baseline, and has none before 7 days of its product are known. A day
-- without rows is a day of nothing. The spread counts as 1 % of the baseline at least, so that what
-- has always been the same can be judged too.
--
-- Parameters:
--   first_day DATE = last_day - 13: first UTC day that is judged
--   last_day DATE = yesterday: last UTC day that is judged
--   deviations FLOAT64 = 2.0: standard deviations from the baseline beyond which a day is flagged
-- Reads: first_day - 7 .. last_day
-- Columns:
--   day DATE: UTC day
--   product STRING: API, Studio, …; NULL: the rows name none
--   fully_loaded_cost BIGNUMERIC (USD): of the day, without what is unpriced
--   cost_baseline BIGNUMERIC (USD): average of the 7 days before; NULL: not enough of them
--   cost_z FLOAT64 (standard deviations): above the baseline, or below it
--   cost_is_flagged BOOL: beyond the deviations; NULL: no baseline
--   requests INT64: of the day
--   requests_baseline FLOAT64: average of the 7 days before; NULL: not enough of them
--   requests_z FLOAT64 (standard deviations): above the baseline, or below it
--   requests_is_flagged BOOL: beyond the deviations; NULL: no baseline
--   unpriced_requests INT64: of the day's, without a price: not in the cost
WITH daily AS (
  SELECT
    dt,
    product,
    SUM(fully_loaded_cost) AS loaded,
    SUM(requests) AS served,
    SUM(unpriced_requests) AS unpriced
  FROM costs
  WHERE dt BETWEEN DATE_SUB(@first_day, INTERVAL 7 DAY) AND @last_day
    AND cost_category = 'inference'
  GROUP BY dt, product
),
begun AS (
  SELECT product, MIN(dt) AS since
  FROM daily
  GROUP BY product
),
calendar AS (
  SELECT day
  FROM UNNEST(GENERATE_DATE_ARRAY(DATE_SUB(@first_day, INTERVAL 7 DAY), @last_day)) AS day
),
filled AS (
  SELECT
    calendar.day AS day,
    begun.product AS product,
    COALESCE(daily.loaded, 0) AS loaded,
    COALESCE(daily.served, 0) AS served,
    COALESCE(daily.unpriced, 0) AS unpriced
  FROM begun
  CROSS JOIN calendar
  LEFT JOIN daily
    ON daily.dt = calendar.day
    AND COALESCE(daily.product, '') = COALESCE(begun.product, '')
  WHERE calendar.day >= begun.since
),
based AS (
  SELECT
    day,
    product,
    loaded,
    served,
    unpriced,
    COUNT(day) OVER (PARTITION BY product ORDER BY day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS days,
    CAST(AVG(loaded) OVER (PARTITION BY product ORDER BY day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS FLOAT64) AS usual_cost,
    STDDEV_SAMP(CAST(loaded AS FLOAT64)) OVER (PARTITION BY product ORDER BY day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS cost_spread,
    CAST(AVG(served) OVER (PARTITION BY product ORDER BY day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS FLOAT64) AS usual_requests,
    STDDEV_SAMP(CAST(served AS FLOAT64)) OVER (PARTITION BY product ORDER BY day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS requests_spread
  FROM filled
),
judged AS (
  SELECT
    day,
    product,
    loaded,
    served,
    unpriced,
    IF(days = 7, usual_cost, NULL) AS cost_level,
    IF(days = 7, SAFE_DIVIDE(CAST(loaded AS FLOAT64) - usual_cost, GREATEST(cost_spread, 0.01 * usual_cost)), NULL) AS cost_off,
    IF(days = 7, usual_requests, NULL) AS requests_level,
    IF(days = 7, SAFE_DIVIDE(CAST(served AS FLOAT64) - usual_requests, GREATEST(requests_spread, 0.01 * usual_requests)), NULL) AS requests_off
  FROM based
)
SELECT
  day,
  product,
  loaded AS fully_loaded_cost,
  CAST(cost_level AS BIGNUMERIC) AS cost_baseline,
  cost_off AS cost_z,
  -- A product that has cost nothing for 7 days, and now does: no deviation can say how far that is.
  COALESCE(ABS(cost_off) > @deviations, IF(cost_level = 0, loaded > 0, NULL)) AS cost_is_flagged,
  served AS requests,
  requests_level AS requests_baseline,
  requests_off AS requests_z,
  COALESCE(ABS(requests_off) > @deviations, IF(requests_level = 0, served > 0, NULL)) AS requests_is_flagged,
  unpriced AS unpriced_requests
FROM judged
WHERE day >= @first_day
ORDER BY day, product
