-- $1 here, $2 company_id
SELECT concat(
  '{"auditLog":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"aud_', anon_1.id, '","kind":', CASE WHEN (anon_1.kind IN ('API_KEY_CREATED', 'API_KEY_REVOKED', 'API_KEY_USED', 'COLLABORATOR_CHANGED', 'COLLABORATOR_INVITED', 'COLLABORATOR_RESUMED', 'COLLABORATOR_SUSPENDED', 'COLLABORATOR_UNBOUND', 'COMPANY_CHANGED', 'COMPANY_CREATED', 'COMPANY_RESUMED', 'COMPANY_SUSPENDED', 'DUPLICATE_DISCLOSED', 'INVITATION_ACCEPTED', 'INVITATION_REVOKED', 'PERSONAL_DATA_EXPORTED', 'ROLE_PERMISSIONS_CHANGED', 'SIGN_IN_REFUSED', 'STATEMENT_LINK_CREATED', 'STATEMENT_LINK_OPENED', 'STATEMENT_LINK_REVOKED')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁1:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"occurredAt":"', to_char(anon_1.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","occurredAtLabel":␁2:', coalesce('"' || CAST(to_char(anon_1.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"actor":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"apiKey":', CASE WHEN (api_key_1.id IS NOT NULL) THEN concat(
    '{"id":"key_', api_key_1.id, '","name":', ficha_json(api_key_1.name), '}') ELSE 'null' END,
    ',"clientAddress":', coalesce(ficha_json(anon_1.client_address), 'null'::json),
    ',"details":␁3:', json_build_array(anon_1.details), '␂}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('audit_event OCCURRED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT audit_event_1.company_id AS company_id, audit_event_1.id AS id, audit_event_1.occurred_at AS occurred_at, audit_event_1.kind AS kind, audit_event_1.actor_id AS actor_id, audit_event_1.api_key_id AS api_key_id, audit_event_1.client_address AS client_address, audit_event_1.details AS details, audit_event_1.occurred_at AS created_at, audit_event_1.occurred_at AS updated_at, audit_event_1.occurred_at AS t0_, audit_event_1.id AS t1_
    FROM audit_event AS audit_event_1
    WHERE audit_event_1.company_id = $2::UUID AND true
    ORDER BY audit_event_1.occurred_at DESC, audit_event_1.id DESC
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $2::UUID AND collaborator_1.id = anon_1.actor_id
  LEFT OUTER JOIN api_key AS api_key_1 ON api_key_1.company_id = $2::UUID AND api_key_1.id = anon_1.api_key_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
