-- $1 here, $2 company_id, $3 a0_search, $4 viewer_id, $5 sees_all
SELECT concat(
  '{"clients":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"cli_', anon_1.id, '","kind":', CASE WHEN (anon_1.kind IN ('CLIENT', 'PROSPECT')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁1:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"legalName":', ficha_json(anon_1.legal_name),
    ',"tradeName":', coalesce(ficha_json(anon_1.trade_name), 'null'::json),
    ',"rfc":', coalesce(ficha_json(anon_1.rfc), 'null'::json),
    ',"owner":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"contacts":', (
    SELECT concat('[', string_agg(concat(
      '{"id":"con_', contact_1.id, '","name":', ficha_json(contact_1.name),
      ',"email":', coalesce(ficha_json(contact_1.email), 'null'::json),
      ',"phone":', coalesce(ficha_json(contact_1.phone), 'null'::json), '}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_3
    FROM contact AS contact_1
    WHERE contact_1.company_id = $2::UUID AND contact_1.client_id = anon_1.id AND contact_1.deleted_at IS NULL
  ), '}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 10)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 10) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('client RELEVANCE:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 10)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 10)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT client_1.company_id AS company_id, client_1.id AS id, client_1.kind AS kind, client_1.legal_name AS legal_name, client_1.trade_name AS trade_name, client_1.rfc AS rfc, client_1.owner_id AS owner_id, client_1.price_list_id AS price_list_id, client_1.internal_note AS internal_note, client_1.external_id AS external_id, client_1.created_by_id AS created_by_id, client_1.converted_at AS converted_at, client_1.converted_by_id AS converted_by_id, client_1.converted_into_id AS converted_into_id, client_1.prospect_state_id AS prospect_state_id, client_1.deleted_by_id AS deleted_by_id, client_1.revision AS revision, client_1.version AS version, client_1.created_at AS created_at, client_1.updated_at AS updated_at, client_1.deleted_at AS deleted_at, hit.rank AS t0_, client_1.id AS t1_
    FROM client AS client_1
    JOIN ficha_find_clients(ficha_fold($3::VARCHAR), $4::UUID, $5, false) AS hit ON client_1.id = hit.client_id
    WHERE client_1.company_id = $2::UUID AND client_1.deleted_at IS NULL
    ORDER BY hit.rank DESC, client_1.id DESC
    LIMIT 11
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $2::UUID AND collaborator_1.id = anon_1.owner_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
