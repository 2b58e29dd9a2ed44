-- $1 here, $2 company_id
SELECT concat(
  '{"apiKeys":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"key_', anon_1.id, '","name":', ficha_json(anon_1.name),
    ',"scopes":', array_to_json(anon_1.scopes),
    ',"scopeLabels":␁0:', json_build_array(anon_1.scopes), '␂,"createdBy":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"createdAt":"', to_char(anon_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","createdAtLabel":␁1:', coalesce('"' || CAST(to_char(anon_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"expiresAt":"', to_char(anon_1.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","expiresAtLabel":␁2:', coalesce('"' || CAST(to_char(anon_1.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"lastUsedAt":', coalesce('"' || CAST(to_char(anon_1.last_used_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"lastUsedAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.last_used_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"revokedAt":', coalesce('"' || CAST(to_char(anon_1.revoked_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"revokedAtLabel":␁4:', coalesce('"' || CAST(to_char(anon_1.revoked_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"revokedBy":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name), '}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('api_key CREATED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT api_key_1.company_id AS company_id, api_key_1.id AS id, api_key_1.name AS name, api_key_1.scopes AS scopes, api_key_1.created_by_id AS created_by_id, api_key_1.created_at AS created_at, api_key_1.expires_at AS expires_at, api_key_1.revoked_at AS revoked_at, api_key_1.revoked_by_id AS revoked_by_id, api_key_1.last_used_at AS last_used_at, greatest(api_key_1.created_at, api_key_1.revoked_at) AS updated_at, api_key_1.created_at AS t0_, api_key_1.id AS t1_
    FROM api_key AS api_key_1
    WHERE api_key_1.company_id = $2::UUID AND true
    ORDER BY api_key_1.created_at DESC, api_key_1.id DESC
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $2::UUID AND collaborator_1.id = anon_1.created_by_id
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $2::UUID AND collaborator_2.id = anon_1.revoked_by_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
