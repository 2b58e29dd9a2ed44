-- $1 here, $2 company_id, $3 a0_f0
WITH anon_3 AS (
  SELECT collaborator_1.id AS id
  FROM collaborator AS collaborator_1
  WHERE collaborator_1.company_id = $2::UUID AND collaborator_1.active = $3
  LIMIT 2001
), anon_7 AS (
  SELECT collaborator_5.id AS id
  FROM collaborator AS collaborator_5
  WHERE collaborator_5.company_id = $2::UUID AND collaborator_5.active = $3
  LIMIT 2001
)
SELECT concat(
  '{"viewer":{"role":"ADMIN","locale":"ES_MX","permissions":["admin","billing:read","billing:write","cfdi:override","cfdi:report","cfdi:stamp","clients:read","clients:read_all","clients:write","company:write","credit:override","deals:close","deals:read","deals:write","documents:read","documents:write","follow_ups:read","follow_ups:write","history:read","history:write","sales:read","sales:write"]},"collaborators":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"col_', anon_1.id, '","name":', ficha_json(anon_1.name),
    ',"email":', ficha_json(anon_1.email),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || anon_1.avatar_path), 'null'::json),
    ',"role":', CASE WHEN (anon_1.role IN ('ADMIN', 'BILLING', 'READ_ONLY', 'SALES', 'SALES_MANAGER')) THEN '"' || anon_1.role || '"' ELSE '␁0:␂' END,
    ',"roleLabel":␁1:', CAST(ficha_json(anon_1.role) AS TEXT), '␂,"jobTitle":', coalesce(ficha_json(anon_1.job_title), 'null'::json),
    ',"locale":', CASE WHEN (anon_1.locale IN ('EN_US', 'ES_MX')) THEN '"' || anon_1.locale || '"' ELSE '␁0:␂' END,
    ',"active":', CASE WHEN anon_1.active THEN 'true' ELSE 'false' END,
    ',"joinedAt":', coalesce('"' || CAST(to_char(anon_1.joined_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"joinedAtLabel":␁2:', coalesce('"' || CAST(to_char(anon_1.joined_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', anon_1.version,
    ',"invitation":', CASE WHEN (invitation_1.collaborator_id IS NOT NULL) THEN concat(
    '{"id":"inv_', invitation_1.id, '","createdAt":"', to_char(invitation_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","expiresAt":"', to_char(invitation_1.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","expiresAtLabel":␁3:', coalesce('"' || CAST(to_char(invitation_1.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('collaborator NAME:ASC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '},"totalCount":', (
    SELECT CASE WHEN (EXISTS (
      SELECT anon_3.id
      FROM anon_3
      LIMIT 1 OFFSET 2000
    )) THEN (
      SELECT count(*) FILTER (
      WHERE anon_5.active = $3) AS anon_4
      FROM (
        SELECT collaborator_2.company_id AS company_id, collaborator_2.id AS id, collaborator_2.name AS name, collaborator_2.email AS email, collaborator_2.picture AS picture, collaborator_2.role AS role, collaborator_2.job_title AS job_title, collaborator_2.locale AS locale, collaborator_2.active AS active, collaborator_2.joined_at AS joined_at, collaborator_2.issuer AS issuer, collaborator_2.subject AS subject, collaborator_2.avatar_path AS avatar_path, collaborator_2.search_text AS search_text, collaborator_2.version AS version, collaborator_2.created_at AS created_at, collaborator_2.updated_at AS updated_at
        FROM collaborator AS collaborator_2
        WHERE collaborator_2.company_id = $2::UUID AND true
        LIMIT 5000
      ) AS anon_5
    ) ELSE (
      SELECT count(*) AS count_1
      FROM collaborator AS collaborator_3
      WHERE collaborator_3.company_id = $2::UUID AND collaborator_3.active = $3 AND collaborator_3.id = ANY (array((
        SELECT anon_3.id
        FROM anon_3
      )))
    ) END AS anon_2
  ), '}') AS concat_2
  FROM LATERAL (
    SELECT anon_6.company_id AS company_id, anon_6.id AS id, anon_6.name AS name, anon_6.email AS email, anon_6.role AS role, anon_6.job_title AS job_title, anon_6.locale AS locale, anon_6.active AS active, anon_6.joined_at AS joined_at, anon_6.avatar_path AS avatar_path, anon_6.version AS version, anon_6.created_at AS created_at, anon_6.updated_at AS updated_at, anon_6.avatar_url AS avatar_url, anon_6.avatar_thumbnail_url AS avatar_thumbnail_url, anon_6.t0_ AS t0_, anon_6.t1_ AS t1_
    FROM ((
      SELECT collaborator_4.company_id AS company_id, collaborator_4.id AS id, collaborator_4.name AS name, collaborator_4.email AS email, collaborator_4.role AS role, collaborator_4.job_title AS job_title, collaborator_4.locale AS locale, collaborator_4.active AS active, collaborator_4.joined_at AS joined_at, collaborator_4.avatar_path AS avatar_path, collaborator_4.version AS version, collaborator_4.created_at AS created_at, collaborator_4.updated_at AS updated_at, $1::VARCHAR || collaborator_4.avatar_path AS avatar_url, $1::VARCHAR || replace(collaborator_4.avatar_path, '.webp', '-64.webp') AS avatar_thumbnail_url, ficha_sort_key(collaborator_4.name) COLLATE "C" AS t0_, collaborator_4.id AS t1_
      FROM collaborator AS collaborator_4
      WHERE collaborator_4.company_id = $2::UUID AND collaborator_4.active = $3 AND NOT (EXISTS (
        SELECT anon_7.id
        FROM anon_7
        LIMIT 1 OFFSET 2000
      )) AND collaborator_4.id = ANY (array((
        SELECT anon_7.id
        FROM anon_7
      )))
      ORDER BY ficha_sort_key(collaborator_4.name) COLLATE "C" ASC, collaborator_4.id ASC
      LIMIT 21
    )
    UNION ALL (
      SELECT anon_8.company_id AS company_id, anon_8.id AS id, anon_8.name AS name, anon_8.email AS email, anon_8.role AS role, anon_8.job_title AS job_title, anon_8.locale AS locale, anon_8.active AS active, anon_8.joined_at AS joined_at, anon_8.avatar_path AS avatar_path, anon_8.version AS version, anon_8.created_at AS created_at, anon_8.updated_at AS updated_at, $1::VARCHAR || anon_8.avatar_path AS avatar_url, $1::VARCHAR || replace(anon_8.avatar_path, '.webp', '-64.webp') AS avatar_thumbnail_url, anon_8.t0_ AS t0_, anon_8.t1_ AS t1_
      FROM LATERAL (
        SELECT anon_9.company_id AS company_id, anon_9.id AS id, anon_9.name AS name, anon_9.email AS email, anon_9.picture AS picture, anon_9.role AS role, anon_9.job_title AS job_title, anon_9.locale AS locale, anon_9.active AS active, anon_9.joined_at AS joined_at, anon_9.issuer AS issuer, anon_9.subject AS subject, anon_9.avatar_path AS avatar_path, anon_9.search_text AS search_text, anon_9.version AS version, anon_9.created_at AS created_at, anon_9.updated_at AS updated_at, anon_9.t0_ AS t0_, anon_9.t1_ AS t1_, row_number() OVER () AS look_
        FROM LATERAL (
          SELECT collaborator_6.company_id AS company_id, collaborator_6.id AS id, collaborator_6.name AS name, collaborator_6.email AS email, collaborator_6.picture AS picture, collaborator_6.role AS role, collaborator_6.job_title AS job_title, collaborator_6.locale AS locale, collaborator_6.active AS active, collaborator_6.joined_at AS joined_at, collaborator_6.issuer AS issuer, collaborator_6.subject AS subject, collaborator_6.avatar_path AS avatar_path, collaborator_6.search_text AS search_text, collaborator_6.version AS version, collaborator_6.created_at AS created_at, collaborator_6.updated_at AS updated_at, ficha_sort_key(collaborator_6.name) COLLATE "C" AS t0_, collaborator_6.id AS t1_
          FROM collaborator AS collaborator_6
          WHERE collaborator_6.company_id = $2::UUID AND true AND (EXISTS (
            SELECT anon_7.id
            FROM anon_7
            LIMIT 1 OFFSET 2000
          ))
          ORDER BY ficha_sort_key(collaborator_6.name) COLLATE "C" ASC, collaborator_6.id ASC
          LIMIT ALL OFFSET 0
        ) AS anon_9
      ) AS anon_8
      WHERE CASE WHEN (anon_8.look_ > 10000) THEN ficha_too_broad() ELSE anon_8.active = $3 END
      LIMIT 21
    )) AS anon_6
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN invitation AS invitation_1 ON invitation_1.company_id = $2::UUID AND invitation_1.collaborator_id = anon_1.id AND invitation_1.accepted_at IS NULL AND invitation_1.revoked_at IS NULL
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
