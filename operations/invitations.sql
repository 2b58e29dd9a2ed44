-- $1 company_id
SELECT concat(
  '{"invitations":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"inv_', anon_1.id, '","collaborator":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"email":', ficha_json(collaborator_1.email),
    ',"role":', CASE WHEN (collaborator_1.role IN ('ADMIN', 'BILLING', 'READ_ONLY', 'SALES', 'SALES_MANAGER')) THEN '"' || collaborator_1.role || '"' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"createdBy":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name), '}') ELSE 'null' END,
    ',"createdAt":"', to_char(anon_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","expiresAt":"', to_char(anon_1.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","acceptedAt":', coalesce('"' || CAST(to_char(anon_1.accepted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"revokedAt":', coalesce('"' || CAST(to_char(anon_1.revoked_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('invitation CREATED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT invitation_1.company_id AS company_id, invitation_1.id AS id, invitation_1.collaborator_id AS collaborator_id, invitation_1.created_by_id AS created_by_id, invitation_1.created_at AS created_at, invitation_1.expires_at AS expires_at, invitation_1.accepted_at AS accepted_at, invitation_1.revoked_at AS revoked_at, greatest(invitation_1.created_at, invitation_1.accepted_at, invitation_1.revoked_at) AS updated_at, invitation_1.created_at AS t0_, invitation_1.id AS t1_
    FROM invitation AS invitation_1
    WHERE invitation_1.company_id = $1::UUID AND true
    ORDER BY invitation_1.created_at DESC, invitation_1.id DESC
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.collaborator_id
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $1::UUID AND collaborator_2.id = anon_1.created_by_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
