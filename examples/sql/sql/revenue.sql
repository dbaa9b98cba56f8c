-- What each country brings in a month, and in all months up to it.
CREATE OR REPLACE TEMPORARY VIEW monthly AS
SELECT
  coalesce(c.country, 'none') AS country,
  CAST(extract(year FROM o.day) * 100 + extract(month FROM o.day) AS INT) AS month,
  CAST(count(*) AS BIGINT) AS orders,
  CAST(sum(o.amount) AS DECIMAL(18, 2)) AS revenue
FROM orders AS o
JOIN customers AS c ON c.id = o.customer
GROUP BY 1, 2;

SELECT
  month,
  orders,
  revenue,
  CAST(sum(revenue) OVER (PARTITION BY country ORDER BY month) AS DECIMAL(18, 2)) AS so_far,
  country
FROM monthly
