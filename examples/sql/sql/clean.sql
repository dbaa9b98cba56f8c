-- Paid orders of known customers; what was sent twice is there once, and a sign by mistake is taken away.
SELECT DISTINCT
  id,
  customer,
  product,
  abs(quantity) AS quantity,
  CAST(abs(quantity) * price AS DECIMAL(18, 2)) AS amount,
  day
FROM orders
WHERE status = 'paid' AND customer IS NOT NULL AND day >= CAST(:from AS DATE)
