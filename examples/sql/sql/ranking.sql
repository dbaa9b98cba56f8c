-- The products by what they bring, with the day of their largest order.
WITH ranked AS (
  SELECT
    product,
    day,
    amount,
    row_number() OVER (PARTITION BY product ORDER BY amount DESC, day, id) AS place
  FROM orders
),
largest AS (
  SELECT product, day, amount FROM ranked WHERE place = 1
)
SELECT
  CAST(rank() OVER (ORDER BY sum(o.amount) DESC) AS INT) AS place,
  o.product,
  CAST(sum(o.quantity) AS BIGINT) AS pieces,
  CAST(sum(o.amount) AS DECIMAL(18, 2)) AS revenue,
  CAST(avg(o.quantity) AS DECIMAL(10, 4)) AS pieces_per_order,
  max(l.day) AS largest_on,
  max(l.amount) AS largest
FROM orders AS o
JOIN largest AS l ON l.product = o.product
GROUP BY o.product
