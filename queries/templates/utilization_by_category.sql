-- utilization_by_category
-- What of the GPUs' cost is inference, idle, overhead and unused, day by day?
-- Direct cost alone: what is pushed onto requests is idle and overhead here.
--
-- Parameters:
--   first_day DATE = last_day - 6: first UTC day
--   last_day DATE = yesterday: last UTC day, included
-- Reads: first_day .. last_day
-- Audience: all organizations
-- Columns:
--   day DATE: UTC day
--   cost_category STRING: inference, idle, overhead or unused
--   infrastructure_cost BIGNUMERIC (USD): direct cost of the category
--   share FLOAT64 (0 to 1): of the day's infrastructure cost
--   utilization FLOAT64 (0 to 1): inference as a share of the day's infrastructure cost; the same for all rows of a day
--   unpriced_requests INT64: without a price: their cost is not known, so utilization is higher than it says
WITH added AS (
  SELECT
    dt,
    cost_category,
    COALESCE(SUM(billed_cost), 0) AS direct,
    SUM(unpriced_requests) AS unpriced
  FROM costs
  WHERE dt BETWEEN @first_day AND @last_day
    AND source = 'gpu'
  GROUP BY dt, cost_category
)
SELECT
  dt AS day,
  cost_category,
  direct AS infrastructure_cost,
  CAST(SAFE_DIVIDE(direct, SUM(direct) OVER (PARTITION BY dt)) AS FLOAT64) AS share,
  CAST(
    SAFE_DIVIDE(
      SUM(IF(cost_category = 'inference', direct, 0)) OVER (PARTITION BY dt),
      SUM(direct) OVER (PARTITION BY dt)
    ) AS FLOAT64
  ) AS utilization,
  unpriced AS unpriced_requests
FROM added
ORDER BY day, infrastructure_cost DESC, cost_category
