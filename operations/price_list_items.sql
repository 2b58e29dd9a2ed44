-- $1 company_id, $2 a0_key
SELECT concat(
  '{"node":', CASE WHEN (price_list_1.id IS NOT NULL) THEN concat(
  '{"id":"prl_', price_list_1.id, '","items":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM price_list_item AS price_list_item_1
    WHERE price_list_item_1.company_id = $1::UUID AND price_list_item_1.deleted_at IS NULL AND true AND price_list_item_1.price_list_id = price_list_1.id
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"itm_', anon_1.id, '","sku":', ficha_json(anon_1.sku),
    ',"description":', ficha_json(anon_1.description),
    ',"productCode":', ficha_json(anon_1.product_code),
    ',"unitCode":', ficha_json(anon_1.unit_code),
    ',"unitPrice":"', anon_1.unit_price, '","unitPriceLabel":␁0:', coalesce('"' || CAST(anon_1.unit_price AS TEXT) || '"', 'null'), '␂,"currency":', coalesce(ficha_json((
    SELECT price_list_2.currency
    FROM price_list AS price_list_2
    WHERE price_list_2.company_id = $1::UUID AND price_list_2.id = anon_1.price_list_id
  )), 'null'::json),
    ',"taxObject":', ficha_json(anon_1.tax_object),
    ',"taxes":␁2:', json_build_array(anon_1.taxes), '␂,"version":', anon_1.version, '}') AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('price_list_item SKU:ASC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT price_list_item_2.company_id AS company_id, price_list_item_2.id AS id, price_list_item_2.price_list_id AS price_list_id, price_list_item_2.sku AS sku, price_list_item_2.description AS description, price_list_item_2.product_code AS product_code, price_list_item_2.unit_code AS unit_code, price_list_item_2.unit_price AS unit_price, price_list_item_2.tax_object AS tax_object, price_list_item_2.taxes AS taxes, price_list_item_2.version AS version, price_list_item_2.created_at AS created_at, price_list_item_2.updated_at AS updated_at, price_list_item_2.deleted_at AS deleted_at, (
      SELECT price_list_3.currency
      FROM price_list AS price_list_3
      WHERE price_list_3.company_id = $1::UUID AND price_list_3.id = price_list_item_2.price_list_id
    ) AS currency, price_list_item_2.sku AS t0_, price_list_item_2.id AS t1_
    FROM price_list_item AS price_list_item_2
    WHERE price_list_item_2.company_id = $1::UUID AND price_list_item_2.deleted_at IS NULL AND true AND price_list_item_2.price_list_id = price_list_1.id
    ORDER BY price_list_item_2.sku ASC, price_list_item_2.id ASC
    LIMIT 21
  ) AS anon_1
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN price_list AS price_list_1 ON price_list_1.id = $2::UUID AND price_list_1.company_id = $1::UUID
