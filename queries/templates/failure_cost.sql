-- failure_cost
-- What did requests cost that failed or timed out, by product, endpoint or process, and error type?
--
-- Parameters:
--   first_day DATE = last_day - 6: first UTC day
--   last_day DATE = yesterday: last UTC day, included
-- Reads: first_day .. last_day
-- Columns:
--   product STRING: API, Studio, …; NULL: the rows name none
--   endpoint STRING: the API's route
--   process STRING: the Studio process
--   result STRING: failed, timeout, …
--   error_type STRING: infrastructure or applicative; NULL: not told
--   failed_requests INT64: that failed or timed out, internal traffic included
--   failure_cost BIGNUMERIC (USD): their fully loaded cost; NULL: not known, none has a price
--   unpriced_requests INT64: of the failed ones, without a price: not in the cost
--   share_of_product FLOAT64 (0 to 1): of what the product cost, failed or not
WITH added AS (
  SELECT
    product,
    endpoint,
    process,
    result,
    error_type,
    SUM(fully_loaded_cost) AS loaded,
    SUM(IF(failed_requests > 0, fully_loaded_cost, 0)) AS wasted,
    SUM(failed_requests) AS failed,
    SUM(IF(failed_requests > 0, unpriced_requests, 0)) AS unpriced
  FROM costs
  WHERE dt BETWEEN @first_day AND @last_day
    AND cost_category = 'inference'
  GROUP BY product, endpoint, process, result, error_type
),
whole AS (
  SELECT
    product,
    endpoint,
    process,
    result,
    error_type,
    wasted,
    failed,
    unpriced,
    SUM(loaded) OVER (PARTITION BY product) AS product_cost
  FROM added
)
SELECT
  product,
  endpoint,
  process,
  result,
  error_type,
  failed AS failed_requests,
  IF(unpriced = failed, NULL, wasted) AS failure_cost,
  unpriced AS unpriced_requests,
  CAST(SAFE_DIVIDE(wasted, product_cost) AS FLOAT64) AS share_of_product
FROM whole
WHERE failed > 0
ORDER BY wasted DESC, product, endpoint, process, result, error_type
