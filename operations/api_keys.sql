-- $1 here, $2 company_id
SELECT concat(
  '{"apiKeys":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"key_', anon_1.id, '","name":', ficha_json(anon_1.name),
    ',"scopes":', array_to_json(anon_1.scopes),
    ',"createdBy":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"createdAt":"', to_char(anon_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","createdAtLabel":␁0:', coalesce('"' || CAST(to_char(anon_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"expiresAt":"', to_char(anon_1.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","expiresAtLabel":␁1:', coalesce('"' || CAST(to_char(anon_1.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"lastUsedAt":', coalesce('"' || CAST(to_char(anon_1.last_used_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"lastUsedAtLabel":␁2:', coalesce('"' || CAST(to_char(anon_1.last_used_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"revokedAt":', coalesce('"' || CAST(to_char(anon_1.revoked_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"revokedAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.revoked_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"revokedBy":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name), '}') ELSE 'null' END, '}'), ',' ORDER BY anon_1.n_) FILTER (
  WHERE anon_1.n_ <= 20), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('api_key CREATED_AT:DESC', CAST(anon_1.t0_ AS TEXT), CAST(anon_1.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (
  WHERE anon_1.n_ = least(anon_1.of_, 20) AND anon_1.n_ <= 20) || '"', 'null'), '}}') AS concat_2
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, anon_2.company_id AS company_id, anon_2.id AS id, anon_2.name AS name, anon_2.scopes AS scopes, anon_2.created_by_id AS created_by_id, anon_2.created_at AS created_at, anon_2.expires_at AS expires_at, anon_2.revoked_at AS revoked_at, anon_2.revoked_by_id AS revoked_by_id, anon_2.last_used_at AS last_used_at, anon_2.updated_at AS updated_at, anon_2.t0_ AS t0_, anon_2.t1_ AS t1_
    FROM LATERAL (
      SELECT api_key_1.company_id AS company_id, api_key_1.id AS id, api_key_1.name AS name, api_key_1.scopes AS scopes, api_key_1.created_by_id AS created_by_id, api_key_1.created_at AS created_at, api_key_1.expires_at AS expires_at, api_key_1.revoked_at AS revoked_at, api_key_1.revoked_by_id AS revoked_by_id, api_key_1.last_used_at AS last_used_at, greatest(api_key_1.created_at, api_key_1.revoked_at) AS updated_at, api_key_1.created_at AS t0_, api_key_1.id AS t1_
      FROM api_key AS api_key_1
      WHERE api_key_1.company_id = $2::UUID AND true
      ORDER BY api_key_1.created_at DESC, api_key_1.id DESC
      LIMIT 21
    ) AS anon_2
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $2::UUID AND collaborator_1.id = anon_1.created_by_id
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $2::UUID AND collaborator_2.id = anon_1.revoked_by_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
