-- $1 company_id, $2 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","rfc":', coalesce(ficha_json(client_1.rfc), 'null'::json),
  ',"taxpayerListings":', (
  SELECT concat('[', string_agg(concat(
    '{"status":', CASE WHEN (anon_1.status IN ('DISPROVED', 'FAVOURABLE', 'FINAL', 'PRESUMED')) THEN '"' || anon_1.status || '"' ELSE '␁0:␂' END,
    ',"publishedOn":"', anon_1.published_on, '","gazettedOn":', coalesce('"' || CAST(anon_1.gazetted_on AS TEXT) || '"', 'null'),
    ',"name":', ficha_json(anon_1.name),
    ',"notice":', coalesce(ficha_json(anon_1.notice), 'null'::json),
    ',"listedAsOf":"', anon_1.listed_as_of, '"}'), ','), ']') AS concat_2
  FROM LATERAL (
    SELECT taxpayer_listing_1.status AS status, taxpayer_listing_1.published_on AS published_on, taxpayer_listing_1.gazetted_on AS gazetted_on, taxpayer_listing_1.name AS name, taxpayer_listing_1.notice AS notice, taxpayer_list_1.as_of AS listed_as_of
    FROM client AS client_2
    JOIN taxpayer_listing AS taxpayer_listing_1 ON taxpayer_listing_1.rfc = client_2.rfc
    JOIN taxpayer_list AS taxpayer_list_1 ON true
    WHERE client_2.company_id = $1::UUID AND client_2.id = client_1.id
    ORDER BY taxpayer_listing_1.published_on DESC, CASE taxpayer_listing_1.status WHEN 'PRESUMED' THEN 0 WHEN 'DISPROVED' THEN 1 WHEN 'FINAL' THEN 2 WHEN 'FAVOURABLE' THEN 3 END DESC
  ) AS anon_1
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $2::UUID AND client_1.company_id = $1::UUID
