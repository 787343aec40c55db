-- cost_per_request_by_model
-- What does a request cost, by model, and how far has that drifted from the days before?
--
-- Parameters:
--   first_day DATE = last_day - 6: first UTC day
--   last_day DATE = yesterday: last UTC day, included
--   baseline_first_day DATE = first_day - 28: the baseline is from this UTC day to the one before first_day
--   threshold FLOAT64 = 0.15: a larger drift, up or down, is flagged
-- Reads: baseline_first_day .. last_day
-- Columns:
--   model STRING: the model that answered
--   fully_loaded_cost BIGNUMERIC (USD): internal traffic included; NULL: not known, none has a price
--   requests INT64: internal traffic included
--   unpriced_requests INT64: of these, without a price: not in the cost
--   cost_per_request BIGNUMERIC (USD): of those with a price
--   baseline_requests INT64: with a price, in the baseline
--   baseline_cost_per_request BIGNUMERIC (USD): of those
--   drift FLOAT64 (1 is twice as much): change of the cost per request as a share of the baseline's
--   is_flagged BOOL: the drift is larger than the threshold; NULL: no baseline
WITH added AS (
  SELECT
    model,
    SUM(IF(dt >= @first_day, fully_loaded_cost, 0)) AS loaded,
    SUM(IF(dt >= @first_day, requests, 0)) AS served,
    SUM(IF(dt >= @first_day, unpriced_requests, 0)) AS unpriced,
    SUM(IF(dt < @first_day, fully_loaded_cost, 0)) AS loaded_before,
    SUM(IF(dt < @first_day, requests - unpriced_requests, 0)) AS priced_before
  FROM costs
  WHERE dt BETWEEN @baseline_first_day AND @last_day
    AND cost_category = 'inference'
  GROUP BY model
),
divided AS (
  SELECT
    model,
    loaded,
    served,
    unpriced,
    priced_before,
    CAST(SAFE_DIVIDE(loaded, served - unpriced) AS BIGNUMERIC) AS rate,
    CAST(SAFE_DIVIDE(loaded_before, priced_before) AS BIGNUMERIC) AS rate_before
  FROM added
  WHERE served > 0
)
SELECT
  model,
  IF(unpriced = served, NULL, loaded) AS fully_loaded_cost,
  served AS requests,
  unpriced AS unpriced_requests,
  rate AS cost_per_request,
  priced_before AS baseline_requests,
  rate_before AS baseline_cost_per_request,
  CAST(SAFE_DIVIDE(rate - rate_before, rate_before) AS FLOAT64) AS drift,
  ABS(CAST(SAFE_DIVIDE(rate - rate_before, rate_before) AS FLOAT64)) > @threshold AS is_flagged
FROM divided
ORDER BY loaded DESC, model
