-- api_cost_by_organization
-- Which customers do the API's requests cost most for?
-- A row without a product counts as the API's where it names an endpoint.
--
-- Parameters:
--   first_day DATE = last_day - 6: first UTC day
--   last_day DATE = yesterday: last UTC day, included
-- Reads: first_day .. last_day
-- Columns:
--   rank INT64 (all organizations): 1 for the dearest; equal costs share a rank
--   organization STRING: the customer
--   fully_loaded_cost BIGNUMERIC (USD): of the customer's requests; NULL: not known, none has a price
--   requests INT64: of the customer
--   unpriced_requests INT64: of these, without a price: not in the cost
--   cost_per_request BIGNUMERIC (USD): of those with a price
--   share FLOAT64 (0 to 1, all organizations): of the cost of all rows
--   unknown_origin_requests INT64 (all organizations): left out, for nobody knows whether they are internal
--   unknown_origin_cost BIGNUMERIC (USD, all organizations): what these cost; left out too
WITH added AS (
  SELECT
    organization,
    SUM(IF(is_internal IS FALSE, fully_loaded_cost, 0)) AS loaded,
    SUM(IF(is_internal IS FALSE, requests, 0)) AS served,
    SUM(IF(is_internal IS FALSE, unpriced_requests, 0)) AS unpriced,
    SUM(IF(is_internal IS NULL, requests, 0)) AS unknown_requests,
    SUM(IF(is_internal IS NULL, fully_loaded_cost, 0)) AS unknown_cost
  FROM costs
  WHERE dt BETWEEN @first_day AND @last_day
    AND cost_category = 'inference'
    AND (LOWER(product) = 'api' OR (product IS NULL AND endpoint IS NOT NULL))
  GROUP BY organization
)
SELECT
  RANK() OVER (ORDER BY loaded DESC) AS rank,
  organization,
  IF(served > 0 AND unpriced = served, NULL, loaded) AS fully_loaded_cost,
  served AS requests,
  unpriced AS unpriced_requests,
  CAST(SAFE_DIVIDE(loaded, served - unpriced) AS BIGNUMERIC) AS cost_per_request,
  CAST(SAFE_DIVIDE(loaded, SUM(loaded) OVER ()) AS FLOAT64) AS share,
  unknown_requests AS unknown_origin_requests,
  unknown_cost AS unknown_origin_cost
FROM added
WHERE served > 0 OR unknown_requests > 0
ORDER BY loaded DESC, organization
