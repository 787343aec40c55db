-- daily_total_cost
-- What does each day cost, by product: what requests cost fully loaded, and what the machines cost?
--
-- Parameters:
--   first_day DATE = last_day - 6: first UTC day
--   last_day DATE = yesterday: last UTC day, included
-- Reads: first_day .. last_day
-- Columns:
--   day DATE: UTC day
--   product STRING: API, Studio, …; NULL: the rows name none
--   fully_loaded_cost BIGNUMERIC (USD): of inference, with idle and overhead pushed onto it; NULL: not known
--   requests INT64: all of them, internal traffic included
--   unpriced_requests INT64: of these, without a price: not in the cost
--   infrastructure_cost BIGNUMERIC (USD, all organizations): direct cost of every category; never to be added to the fully loaded one
WITH added AS (
  SELECT
    dt,
    product,
    SUM(fully_loaded_cost) AS loaded,
    SUM(requests) AS served,
    SUM(unpriced_requests) AS unpriced,
    COALESCE(SUM(billed_cost), 0) AS direct
  FROM costs
  WHERE dt BETWEEN @first_day AND @last_day
  GROUP BY dt, product
)
SELECT
  dt AS day,
  product,
  IF(served > 0 AND unpriced = served, NULL, loaded) AS fully_loaded_cost,
  served AS requests,
  unpriced AS unpriced_requests,
  direct AS infrastructure_cost
FROM added
ORDER BY day, product
