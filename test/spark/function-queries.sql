-- Queries over the families of Spark's SQL functions, one a line; each gives the same rows every time, in one order.

-- mathematical functions
SELECT abs(-7) AS r
SELECT abs(CAST(-1.25 AS DECIMAL(5,2))) AS r
SELECT acos(0.5D) AS r
SELECT asin(1) AS r
SELECT atan2(1, 2) AS r
SELECT bin(13) AS r
SELECT bround(2.5, 0) AS r
SELECT cbrt(27) AS r
SELECT ceil(-0.1) AS r
SELECT ceil(3.1411, 2) AS r
SELECT conv('100', 2, 10) AS r
SELECT cos(0) AS r
SELECT cosh(1) AS r
SELECT degrees(3.141592653589793) AS r
SELECT e() AS r
SELECT exp(1) AS r
SELECT expm1(0) AS r
SELECT factorial(20) AS r
SELECT floor(-0.1) AS r
SELECT greatest(10, 9, 2, 4, 3) AS r
SELECT least(NULL, 9, 2) AS r
SELECT hex(255) AS r
SELECT hypot(3, 4) AS r
SELECT ln(2) AS r
SELECT log(10, 100) AS r
SELECT log10(10) AS r
SELECT log1p(0) AS r
SELECT log2(8) AS r
SELECT mod(-7, 3) AS r
SELECT pmod(-7, 3) AS r
SELECT negative(1) AS r
SELECT pi() AS r
SELECT pow(2, 0.5) AS r
SELECT radians(180) AS r
SELECT rint(12.3456) AS r
SELECT round(2.5, 0) AS r
SELECT round(-2.345, 2) AS r
SELECT shiftleft(2, 1) AS r
SELECT shiftrightunsigned(-4, 1) AS r
SELECT sign(-40) AS r
SELECT sin(0) AS r
SELECT sqrt(2) AS r
SELECT tan(1) AS r
SELECT tanh(0.3) AS r
SELECT try_divide(1, 0) AS r
SELECT try_add(2147483647, 1) AS r
SELECT unhex('537061726B') AS r
SELECT width_bucket(5.3, 0.2, 10.6, 5) AS r
SELECT 7 DIV 2 AS r
SELECT 7 / 2 AS r
SELECT CAST(1 AS DECIMAL(38,18)) / 3 AS r
SELECT 0.1 + 0.2 AS r
SELECT 0.1D + 0.2D AS r
SELECT 9223372036854775807 AS r
SELECT -0.0D AS r
SELECT CAST('NaN' AS DOUBLE) AS r
SELECT CAST('-Infinity' AS FLOAT) AS r
SELECT try_multiply(9223372036854775807, 2) AS r
SELECT bit_count(255) AS r
SELECT 5 & 3 AS r
SELECT 5 ^ 3 AS r
SELECT ~5 AS r

-- string functions
SELECT ascii('Ä') AS r
SELECT base64('Spark SQL') AS r
SELECT bit_length('Spark') AS r
SELECT btrim('  SparkSQL ') AS r
SELECT char(65) AS r
SELECT char_length('Grüße 🦆') AS r
SELECT chr(8364) AS r
SELECT concat('Spark', 'SQL') AS r
SELECT concat_ws(' ', 'Spark', NULL, 'SQL') AS r
SELECT contains('Spark', 'ark') AS r
SELECT decode(encode('abc', 'utf-8'), 'utf-8') AS r
SELECT elt(2, 'a', 'b') AS r
SELECT encode('abc', 'utf-8') AS r
SELECT endswith('Spark', 'rk') AS r
SELECT find_in_set('ab', 'abc,b,ab,c,def') AS r
SELECT format_number(12332.123456, 4) AS r
SELECT format_string('%s %05d', 'x', 42) AS r
SELECT initcap('sPark sql') AS r
SELECT instr('SparkSQL', 'SQL') AS r
SELECT left('Spark', 3) AS r
SELECT length('Spark SQL ') AS r
SELECT levenshtein('kitten', 'sitting') AS r
SELECT locate('bar', 'foobarbar', 5) AS r
SELECT lower('SPARK') AS r
SELECT lpad('hi', 5, '??') AS r
SELECT ltrim('   x ') AS r
SELECT luhn_check('8112189876') AS r
SELECT mask('abcd-EFGH-8765-4321') AS r
SELECT octet_length('Grüße') AS r
SELECT overlay('Spark SQL', '_', 6) AS r
SELECT position('bar', 'foobarbar') AS r
SELECT printf('%d %s', 100, 'days') AS r
SELECT regexp_count('Steven Jones', 'Ste(v|ph)en') AS r
SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 2) AS r
SELECT regexp_extract_all('100-200, 300-400', '(\\d+)-(\\d+)', 1) AS r
SELECT regexp_instr('user@spark.org', '@') AS r
SELECT regexp_replace('100-200', '(\\d+)', 'num') AS r
SELECT regexp_substr('Steven', 'ev') AS r
SELECT repeat('12', 3) AS r
SELECT replace('ABCabc', 'abc', 'DEF') AS r
SELECT reverse('🦆ab') AS r
SELECT right('Spark', 2) AS r
SELECT rpad('hi', 5, '-') AS r
SELECT sentences('Hi there! Good morning.') AS r
SELECT soundex('Miller') AS r
SELECT space(3) AS r
SELECT split('oneAtwoBthree', '[ABC]', 2) AS r
SELECT split_part('11.12.13', '.', -1) AS r
SELECT startswith('Spark', 'Sp') AS r
SELECT substr('Spark SQL', -3) AS r
SELECT substring_index('www.apache.org', '.', 2) AS r
SELECT to_char(454.67, '999.99') AS r
SELECT to_number('454', '999') AS r
SELECT translate('AaBbCc', 'abc', '123') AS r
SELECT trim(BOTH 'x' FROM 'xxaxx') AS r
SELECT ucase('ß') AS r
SELECT unbase64('U3Bhcms=') AS r
SELECT upper('straße') AS r
SELECT url_encode('a b&c') AS r
SELECT try_to_number('x', '999') AS r
SELECT to_binary('616263', 'hex') AS r
SELECT is_valid_utf8('a') AS r
SELECT 'a' || NULL AS r
SELECT 'Spark' LIKE '_park' AS r
SELECT 'Spark' RLIKE '^S.*k$' AS r
SELECT collation('x' COLLATE UNICODE_CI) AS r
SELECT 'A' COLLATE UNICODE_CI = 'a' AS r
SELECT string(X'C3A4') AS r
SELECT quote('it''s') AS r

-- dates and times
SELECT add_months('2016-08-31', 1) AS r
SELECT date_add('2016-07-30', 1) AS r
SELECT date_diff('2009-07-31', '2009-07-30') AS r
SELECT date_format('2016-04-08', 'y-MM EEEE') AS r
SELECT date_from_unix_date(-1) AS r
SELECT date_part('week', timestamp'2019-08-12 01:00:00.123456') AS r
SELECT date_part('seconds', timestamp'2019-10-01 00:00:01.000001') AS r
SELECT date_trunc('HOUR', timestamp'2015-03-05T09:32:05.359') AS r
SELECT dayname(date'2008-02-20') AS r
SELECT dayofmonth('2009-07-30') AS r
SELECT dayofweek('2009-07-30') AS r
SELECT dayofyear('2016-04-09') AS r
SELECT extract(YEAR FROM date'2019-08-12') AS r
SELECT extract(MONTHS FROM interval '2-11' YEAR TO MONTH) AS r
SELECT from_unixtime(0, 'yyyy-MM-dd HH:mm:ss') AS r
SELECT from_utc_timestamp('2016-08-31', 'Asia/Seoul') AS r
SELECT hour('2009-07-30 12:58:59') AS r
SELECT last_day('2024-02-12') AS r
SELECT make_date(2013, 7, 15) AS r
SELECT make_dt_interval(1, 12, 30, 1.001001) AS r
SELECT make_timestamp(2014, 12, 28, 6, 30, 45.887) AS r
SELECT make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887) AS r
SELECT minute('2009-07-30 12:58:59') AS r
SELECT month('2016-07-30') AS r
SELECT monthname(date'2008-02-20') AS r
SELECT months_between('1997-02-28 10:30:00', '1996-10-30') AS r
SELECT next_day('2015-01-14', 'TU') AS r
SELECT quarter('2016-08-31') AS r
SELECT second('2009-07-30 12:58:59') AS r
SELECT timestamp_micros(1230219000123123) AS r
SELECT timestamp_millis(-1) AS r
SELECT timestamp_seconds(1230219000.123) AS r
SELECT to_date('2009-07-30 04:17:52') AS r
SELECT to_timestamp('2016-12-31', 'yyyy-MM-dd') AS r
SELECT to_timestamp_ntz('2016-12-31 00:12:00') AS r
SELECT to_unix_timestamp('2016-04-08', 'yyyy-MM-dd') AS r
SELECT to_utc_timestamp('2016-08-31', 'Asia/Seoul') AS r
SELECT trunc('2019-08-04', 'week') AS r
SELECT try_to_timestamp('foo') AS r
SELECT unix_date(date'1970-01-02') AS r
SELECT unix_micros(timestamp'1970-01-01 00:00:01Z') AS r
SELECT weekday('2009-07-30') AS r
SELECT weekofyear('2008-02-20') AS r
SELECT year('2016-07-30') AS r
SELECT date'2024-03-31' - interval '1' MONTH AS r
SELECT timestamp'2024-03-31 01:00:00' + interval '1 02:03:04.000005' DAY TO SECOND AS r
SELECT date'2024-03-01' - date'2024-02-01' AS r
SELECT timestamp'2024-01-01 00:00:00' - timestamp'2023-12-31 23:59:59.999999' AS r
SELECT timestampdiff(MONTH, timestamp'2020-01-31', timestamp'2021-03-01') AS r
SELECT dateadd(QUARTER, 1, date'2024-01-31') AS r
SELECT convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00') AS r
SELECT interval '100' HOUR AS r
SELECT CAST('1582-10-10' AS DATE) AS r
SELECT timestamp'0001-01-01 00:00:00' AS r
SELECT window_time(window(timestamp'2024-01-01 00:00:30', '1 minute')) AS r
SELECT to_timestamp('2016-12-31 00:12:00.123456789') AS r

-- arrays
SELECT array(1, NULL, 3) AS r
SELECT array_append(array('b', 'd'), 'c') AS r
SELECT array_compact(array(1, 2, NULL)) AS r
SELECT array_contains(array(1, 2), 2) AS r
SELECT array_distinct(array(1, 2, 1, NULL, NULL)) AS r
SELECT array_except(array(1, 2, 3), array(1, 3, 5)) AS r
SELECT array_insert(array(5, 3, 2), 5, 4) AS r
SELECT array_intersect(array(1, 2, 3), array(3, 1)) AS r
SELECT array_join(array('a', NULL, 'b'), ',', '-') AS r
SELECT array_max(array(1, 20, NULL)) AS r
SELECT array_min(array(DATE'2024-01-01')) AS r
SELECT array_position(array(3, 2, 1), 1) AS r
SELECT array_remove(array(1, 2, NULL, 3), 3) AS r
SELECT array_repeat('x', 2) AS r
SELECT array_size(array('b')) AS r
SELECT array_sort(array(5, 6, NULL, 1), (l, r) -> CASE WHEN l < r THEN 1 ELSE -1 END) AS r
SELECT array_union(array(1, 2), array(2, NULL)) AS r
SELECT arrays_overlap(array(1, NULL), array(2)) AS r
SELECT arrays_zip(array(1, 2), array('a')) AS r
SELECT cardinality(array()) AS r
SELECT element_at(array(1, 2, 3), -1) AS r
SELECT try_element_at(array(1), 5) AS r
SELECT exists(array(1, 2), x -> x % 2 = 0) AS r
SELECT filter(array(1, 2, 3), (x, i) -> x > i) AS r
SELECT flatten(array(array(1, 2), array(), array(NULL))) AS r
SELECT forall(array(1, 2), x -> x > 0) AS r
SELECT get(array(1, 2), 5) AS r
SELECT sequence(1, 5, 2) AS r
SELECT sequence(date'2018-01-01', date'2018-03-01', interval 1 month) AS r
SELECT size(NULL) AS r
SELECT slice(array(1, 2, 3, 4), -2, 2) AS r
SELECT sort_array(array('b', NULL, 'a'), false) AS r
SELECT transform(array(1, 2), (x, i) -> x + i) AS r
SELECT aggregate(array(1, 2, 3), 0, (s, x) -> s + x, s -> s * 10) AS r
SELECT zip_with(array(1, 2), array('a', 'b'), (x, y) -> (y, x)) AS r
SELECT array(array(CAST(1.5 AS DECIMAL(3,1)))) AS r
SELECT array(named_struct('a', 1, 'b', X'00')) AS r

-- maps and structs
SELECT map(1, 'a', 2, NULL) AS r
SELECT map_concat(map(1, 'a'), map(2, 'b')) AS r
SELECT map_contains_key(map(1, 'a'), 1) AS r
SELECT map_entries(map(1, 'a')) AS r
SELECT map_filter(map(1, 0, 2, 2), (k, v) -> k > v) AS r
SELECT map_from_arrays(array(1.0, 3.0), array('2', '4')) AS r
SELECT map_from_entries(array(struct(1, 'a'))) AS r
SELECT map_keys(map('x', 1, 'y', 2)) AS r
SELECT map_values(map('x', 1)) AS r
SELECT map_zip_with(map(1, 'a'), map(1, 'x'), (k, v1, v2) -> concat(v1, v2)) AS r
SELECT str_to_map('a:1,b:2', ',', ':') AS r
SELECT transform_keys(map(1, 1), (k, v) -> k + 1) AS r
SELECT transform_values(map(1, 1), (k, v) -> v + 0.5) AS r
SELECT map('a', 1)['b'] AS r
SELECT element_at(map(1, 'a'), 1) AS r
SELECT map() AS r
SELECT named_struct('a', 1, 'b', named_struct('c', array(1L))) AS r
SELECT struct(1, 'x') AS r
SELECT named_struct('a', 1).a AS r
SELECT map(struct(1, 2), 'k') AS r
SELECT map(date'2024-01-01', array(1Y)) AS r
SELECT size(map('a', 1)) AS r
SELECT try_element_at(map('a', 1), 'b') AS r

-- json, csv, xml, variant
SELECT from_json('{"a":1, "b":0.8}', 'a INT, b DECIMAL(3,1)') AS r
SELECT from_json('[1,2]', 'array<int>') AS r
SELECT get_json_object('{"a":{"b":[1,2]}}', '$.a.b[1]') AS r
SELECT json_array_length('[1,2,[3]]') AS r
SELECT json_object_keys('{"k1":1,"k2":2}') AS r
SELECT schema_of_json('[{"col":0.01}]') AS r
SELECT to_json(named_struct('a', 1, 't', timestamp'2015-08-26 00:00:00')) AS r
SELECT to_json(map('a', NULL)) AS r
SELECT from_csv('1, 0.8', 'a INT, b DOUBLE') AS r
SELECT to_csv(named_struct('a', 1, 'b', 'x,y')) AS r
SELECT schema_of_csv('1,abc') AS r
SELECT from_xml('<p><a>1</a></p>', 'a INT') AS r
SELECT xpath_string('<a><b>b</b></a>', 'a/b') AS r
SELECT parse_json('{"a":[1,2.5]}') AS r
SELECT try_parse_json('{') AS r
SELECT variant_get(parse_json('{"a":1}'), '$.a', 'int') AS r
SELECT is_variant_null(parse_json('null')) AS r
SELECT schema_of_variant(parse_json('{"a":1}')) AS r
SELECT to_variant_object(array(1, 2)) AS r

-- conditions and conversions
SELECT coalesce(NULL, 1, NULL) AS r
SELECT if(1 < 2, 'a', 'b') AS r
SELECT ifnull(NULL, array('2')) AS r
SELECT nullif(2, 2) AS r
SELECT nvl2(NULL, 2, 1) AS r
SELECT nanvl(CAST('NaN' AS DOUBLE), 123) AS r
SELECT CASE WHEN 1 > 0 THEN 1 WHEN 2 > 0 THEN 2.0 ELSE 1.2 END AS r
SELECT isnull(NULL) AS r
SELECT isnan(CAST('NaN' AS DOUBLE)) AS r
SELECT NULL <=> NULL AS r
SELECT 2 BETWEEN 1 AND 3 AS r
SELECT 1 IN (2, 3, NULL) AS r
SELECT NOT true AS r
SELECT true AND NULL AS r
SELECT 1 = '1' AS r
SELECT CAST('10' AS INT) AS r
SELECT CAST(1.7 AS INT) AS r
SELECT CAST(3.14 AS DECIMAL(10,5)) AS r
SELECT TRY_CAST('x' AS INT) AS r
SELECT CAST('2024-01-01' AS TIMESTAMP_NTZ) AS r
SELECT CAST(true AS STRING) AS r
SELECT CAST(1e20 AS STRING) AS r
SELECT CAST(array(1, 2) AS STRING) AS r
SELECT CAST(interval '1' DAY AS STRING) AS r
SELECT bigint('5') AS r
SELECT double('1e-320') AS r
SELECT float(0.1) AS r
SELECT tinyint(-128) AS r
SELECT smallint(32767) AS r
SELECT typeof(1.0) AS r
SELECT typeof(map(1, array('x'))) AS r
SELECT NULL AS r
SELECT assert_true(true) AS r
SELECT CAST(X'FFFE' AS BINARY) AS r
SELECT binary('abc') AS r

-- hashes and bits
SELECT crc32('Spark') AS r
SELECT hash('Spark', array(123), 2) AS r
SELECT md5('Spark') AS r
SELECT sha1('Spark') AS r
SELECT sha2('Spark', 256) AS r
SELECT xxhash64('Spark', array(123), 2) AS r
SELECT bitmap_bit_position(123) AS r
SELECT getbit(11, 0) AS r
SELECT bit_get(11, 2) AS r
SELECT aes_decrypt(unhex('83F16B2AA704794132802D248E6BFD4E380078182D1544813898AC97E709B28A94'), '0000111122223333') AS r

-- aggregates
SELECT count(*) AS r FROM data
SELECT count(n) AS r FROM data
SELECT count(DISTINCT g) AS r FROM data
SELECT count_if(n > 1) AS r FROM data
SELECT sum(n) AS r FROM data
SELECT sum(d) AS r FROM data
SELECT sum(DISTINCT n) AS r FROM data
SELECT avg(n) AS r FROM data
SELECT avg(d) AS r FROM data
SELECT try_sum(n) AS r FROM data
SELECT try_avg(d) AS r FROM data
SELECT min(t) AS r FROM data
SELECT max(t) AS r FROM data
SELECT min_by(t, n) AS r FROM data
SELECT max_by(t, n) AS r FROM data
SELECT any_value(g, true) AS r FROM data
SELECT first(n, true) AS r FROM data
SELECT last(n, true) AS r FROM data
SELECT bool_and(n > 0) AS r FROM data
SELECT bool_or(n > 3) AS r FROM data
SELECT every(n > 0) AS r FROM data
SELECT some(n > 3) AS r FROM data
SELECT bit_and(n) AS r FROM data
SELECT bit_or(n) AS r FROM data
SELECT bit_xor(n) AS r FROM data
SELECT sort_array(collect_list(n)) AS r FROM data
SELECT sort_array(collect_set(g)) AS r FROM data
SELECT corr(n, d) AS r FROM data
SELECT covar_pop(n, d) AS r FROM data
SELECT covar_samp(n, d) AS r FROM data
SELECT kurtosis(n) AS r FROM data
SELECT skewness(n) AS r FROM data
SELECT stddev(n) AS r FROM data
SELECT stddev_pop(n) AS r FROM data
SELECT var_pop(n) AS r FROM data
SELECT var_samp(n) AS r FROM data
SELECT median(n) AS r FROM data
SELECT mode(g, true) AS r FROM data
SELECT percentile(n, 0.3) AS r FROM data
SELECT percentile(n, array(0.25, 0.75)) AS r FROM data
SELECT percentile_approx(n, 0.5) AS r FROM data
SELECT approx_count_distinct(n) AS r FROM data
SELECT listagg(t, ',') WITHIN GROUP (ORDER BY t) AS r FROM data
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS r FROM data
SELECT regr_slope(d, n) AS r FROM data
SELECT regr_r2(d, n) AS r FROM data
SELECT max(struct(n, t)) AS r FROM data
SELECT hll_sketch_estimate(hll_sketch_agg(n)) AS r FROM data
SELECT histogram_numeric(n, 2) AS r FROM data
SELECT max(ts) AS r FROM data
SELECT min(b) AS r FROM data

-- windows, groups and tables
SELECT n, row_number() OVER (PARTITION BY g ORDER BY n) AS r FROM data ORDER BY n NULLS FIRST
SELECT n, rank() OVER (ORDER BY g), dense_rank() OVER (ORDER BY g), percent_rank() OVER (ORDER BY g) FROM data ORDER BY n NULLS FIRST
SELECT n, lag(n, 1, -1) OVER (ORDER BY n), lead(t) OVER (ORDER BY n), ntile(2) OVER (ORDER BY n) FROM data ORDER BY n NULLS FIRST
SELECT n, sum(d) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s, cume_dist() OVER (ORDER BY n) AS c FROM data ORDER BY n NULLS FIRST
SELECT n, nth_value(t, 2) OVER (PARTITION BY g ORDER BY n) AS x, first_value(t) OVER (PARTITION BY g ORDER BY n) AS f FROM data ORDER BY n NULLS FIRST
SELECT g, count(*) AS c, sum(d) AS s FROM data GROUP BY g ORDER BY g
SELECT g, t, grouping_id(g, t) AS i, count(*) AS c FROM data GROUP BY CUBE (g, t) ORDER BY i, g, t
SELECT g, count(*) AS c FROM data GROUP BY ROLLUP (g) ORDER BY g NULLS LAST
SELECT * FROM (SELECT g, n FROM data) PIVOT (sum(n) FOR g IN ('a', 'b')) ORDER BY 1
SELECT explode(array(1, NULL, 3)) AS x
SELECT posexplode_outer(CAST(NULL AS array<int>))
SELECT inline(array(struct(1, 'a'), struct(2, NULL)))
SELECT stack(2, 1, 2, 3)
SELECT * FROM range(5, 0, -2)
SELECT json_tuple('{"a":1, "b":2}', 'a', 'b')
SELECT a.n, b.n AS m FROM data a LEFT JOIN data b ON a.n = b.n + 1 ORDER BY a.n NULLS FIRST
SELECT n FROM data a WHERE EXISTS (SELECT 1 FROM data b WHERE b.n > a.n) ORDER BY n
WITH x AS (SELECT g, max(n) AS m FROM data GROUP BY g) SELECT * FROM x WHERE m > 1 ORDER BY g
SELECT n FROM data INTERSECT SELECT 2 ORDER BY 1
SELECT g FROM data EXCEPT SELECT 'a' ORDER BY 1
FROM data |> WHERE n > 1 |> AGGREGATE sum(n) AS s GROUP BY g |> ORDER BY g
SELECT * FROM data LATERAL VIEW explode(array(1, 2)) AS y ORDER BY n NULLS FIRST, y
SELECT * FROM data WHERE false
SELECT DISTINCT g FROM data ORDER BY g DESC
SELECT n, t FROM data ORDER BY n DESC NULLS LAST LIMIT 2 OFFSET 1
