-- studio_cost_by_process
-- What does Studio cost, by process, and by workspace if wanted?
-- A row without a product counts as Studio's where it names a process.
--
-- Parameters:
--   first_day DATE = last_day - 6: first UTC day
--   last_day DATE = yesterday: last UTC day, included
--   by_workspace BOOL = FALSE: a row for each workspace of a process
-- Reads: first_day .. last_day
-- Columns:
--   process STRING: the Studio process
--   workspace STRING: its workspace; NULL unless by_workspace
--   fully_loaded_cost BIGNUMERIC (USD): internal traffic included; NULL: not known, none has a price
--   requests INT64: internal traffic included
--   unpriced_requests INT64: of these, without a price: not in the cost
--   cost_per_request BIGNUMERIC (USD): of those with a price
--   share FLOAT64 (0 to 1): of the cost of all rows
WITH studio AS (
  SELECT
    process,
    IF(@by_workspace, workspace, NULL) AS place,
    fully_loaded_cost,
    requests,
    unpriced_requests
  FROM costs
  WHERE dt BETWEEN @first_day AND @last_day
    AND cost_category = 'inference'
    AND (LOWER(product) = 'studio' OR (product IS NULL AND process IS NOT NULL))
),
added AS (
  SELECT
    process,
    place,
    SUM(fully_loaded_cost) AS loaded,
    SUM(requests) AS served,
    SUM(unpriced_requests) AS unpriced
  FROM studio
  GROUP BY process, place
)
SELECT
  process,
  place AS workspace,
  IF(served > 0 AND unpriced = served, NULL, loaded) AS fully_loaded_cost,
  served AS requests,
  unpriced AS unpriced_requests,
  CAST(SAFE_DIVIDE(loaded, served - unpriced) AS BIGNUMERIC) AS cost_per_request,
  CAST(SAFE_DIVIDE(loaded, SUM(loaded) OVER ()) AS FLOAT64) AS share
FROM added
ORDER BY loaded DESC, process, workspace
