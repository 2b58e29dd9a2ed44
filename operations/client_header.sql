-- $1 here, $2 a0_key, $3 company_id
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","kind":', CASE WHEN (client_1.kind IN ('CLIENT', 'PROSPECT')) THEN '"' || client_1.kind || '"' ELSE '␁0:␂' END,
  ',"legalName":', ficha_json(client_1.legal_name),
  ',"tradeName":', coalesce(ficha_json(client_1.trade_name), 'null'::json),
  ',"rfc":', coalesce(ficha_json(client_1.rfc), 'null'::json),
  ',"availableActions":␁1:', json_build_array(client_1.kind, client_1.deleted_at), '␂,"owner":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
  ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
  ',"priceList":', CASE WHEN (price_list_1.id IS NOT NULL) THEN concat(
  '{"id":"prl_', price_list_1.id, '","name":', ficha_json(price_list_1.name),
  ',"currency":', ficha_json(price_list_1.currency), '}') ELSE 'null' END,
  ',"deletedAt":', coalesce('"' || CAST(to_char(client_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
  ',"version":', client_1.version, '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $2::UUID AND client_1.company_id = $3::UUID
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $3::UUID AND collaborator_1.id = client_1.owner_id
LEFT OUTER JOIN price_list AS price_list_1 ON price_list_1.company_id = $3::UUID AND price_list_1.id = client_1.price_list_id
