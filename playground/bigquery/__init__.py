"""A stand-in for BigQuery, for the real client over HTTP on the loopback.

`Warehouse` holds tables, permissions, faults and a record of every job; `running` serves it:

    warehouse = Warehouse(clock)
    warehouse.add_table("data.costs.requests", [TableField("dt", "DATE"), …], "dt", rows)
    async with running(warehouse) as server:
        client = bigquery.Client(
            project="execution",
            client_options={"api_endpoint": server.url},
            credentials=AnonymousCredentials(),
        )

It parses GoogleSQL by sqlglot, checks names and types, finds the partitions that the filters leave
and the columns that are used, and runs the rest on DuckDB.

What it does not imitate:
- anything but one query in a job: no DML, DDL, scripts, legacy SQL, load, copy or extract jobs, no
  positional or STRUCT parameters, destination tables, sessions, reservations, cached results;
- `tabledata.list`, `jobs.list`, the Storage API, Arrow, routines, views, row-level security, and of
  INFORMATION_SCHEMA all but PARTITIONS of a dataset;
- partitions other than by a DATE column, by day; clustering; ingestion time;
- constructs that DuckDB does otherwise and that are not set right are refused (501
  `notImplemented`): FORMAT, SAFE., PIVOT, ROLLUP, time zones, DATE_DIFF by weeks. What is not
  noticed: NaN in ORDER BY, MIN, MAX and GROUP BY, where DuckDB holds it for the largest number and
  for equal to itself; STRING_AGG and ARRAY_AGG with LIMIT; SUBSTR from 0; WITH OFFSET; ROUND of
  binary halves; integer literals whose sum exceeds 32 bits;
- BIGNUMERIC beyond 15 digits after the point and 23 before it; a quotient or a large product of
  decimals has the 16 digits of a double;
- the type check covers comparisons and arithmetic; other signatures are DuckDB's, with its words;
- the very words of syntax errors, "Did you mean", and the limits of dry runs;
- the end of a job past its `jobTimeoutMs`: the reason is `stopped`; it passes by the warehouse's
  clock, and only for jobs that are held;
- locations, but for telling them back; quotas, but for the switches of `Warehouse`;
- queries run one at a time in the server's loop.
"""
