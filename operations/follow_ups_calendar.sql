-- $1 now, $2 here, $3 company_id, $4 a0_f0, $5 a0_f2, $6 a0_f1
WITH anon_5 AS (
  SELECT follow_up_3.id AS id
  FROM follow_up AS follow_up_3
  WHERE follow_up_3.company_id = $3::UUID AND follow_up_3.state = ANY ($4::VARCHAR(40)[])
  LIMIT 2001
), anon_7 AS (
  SELECT follow_up_6.id AS id
  FROM follow_up AS follow_up_6
  WHERE follow_up_6.company_id = $3::UUID AND follow_up_6.starts_at < $5::TIMESTAMP WITH TIME ZONE AND follow_up_6.starts_at >= least($6::TIMESTAMP WITH TIME ZONE - interval '7 days', (
    SELECT min(follow_up_7.starts_at) FILTER (
    WHERE follow_up_7.starts_at < $6::TIMESTAMP WITH TIME ZONE) AS anon_8
    FROM follow_up AS follow_up_7
    WHERE follow_up_7.company_id = $3::UUID AND follow_up_7.ends_at - follow_up_7.starts_at > interval '7 days' AND follow_up_7.ends_at > $6::TIMESTAMP WITH TIME ZONE
  )) AND (follow_up_6.starts_at >= $6::TIMESTAMP WITH TIME ZONE OR follow_up_6.ends_at > $6::TIMESTAMP WITH TIME ZONE)
  LIMIT 2001
)
SELECT concat(
  '{"followUps":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"seg_', anon_1.id, '","key":', ficha_json(anon_1.key),
    ',"name":', ficha_json(anon_1.name),
    ',"type":', CASE WHEN (anon_1.type IN ('CALL', 'EMAIL', 'MEETING', 'OTHER', 'VISIT', 'WHATSAPP')) THEN '"' || anon_1.type || '"' ELSE '␁0:␂' END,
    ',"typeLabel":␁1:', CAST(ficha_json(anon_1.type) AS TEXT), '␂,"startsAt":"', to_char(anon_1.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","startsAtLabel":␁2:', coalesce('"' || CAST(to_char(anon_1.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"endsAt":"', to_char(anon_1.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","endsAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"priority":', CASE WHEN (anon_1.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_1.priority || '"' ELSE '␁0:␂' END,
    ',"priorityLabel":␁4:', CAST(ficha_json(anon_1.priority) AS TEXT), '␂,"state":', CASE WHEN (anon_1.state IN ('CANCELLED', 'DONE', 'IN_PROGRESS', 'PENDING')) THEN '"' || anon_1.state || '"' ELSE '␁0:␂' END,
    ',"stateLabel":␁5:', CAST(ficha_json(anon_1.state) AS TEXT), '␂,"isOverdue":', CASE WHEN (anon_1.ends_at < $1::TIMESTAMP WITH TIME ZONE AND anon_1.state IN ('PENDING', 'IN_PROGRESS')) THEN 'true' WHEN ((anon_1.ends_at < $1::TIMESTAMP WITH TIME ZONE AND anon_1.state IN ('PENDING', 'IN_PROGRESS')) IS NULL) THEN '␁0:␂' ELSE 'false' END,
    ',"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
    '{"id":"cli_', client_1.id, '","legalName":', ficha_json(client_1.legal_name), '}') ELSE 'null' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '","title":', ficha_json(deal_1.title), '}') ELSE 'null' END,
    ',"assignee":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($2::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[1:least(CAST(count(*) AS INTEGER), 100)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 100) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('follow_up STARTS_AT:ASC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 100)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 100)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT anon_2.company_id AS company_id, anon_2.id AS id, anon_2.client_id AS client_id, anon_2.deal_id AS deal_id, anon_2.number AS number, anon_2.key AS key, anon_2.name AS name, anon_2.description AS description, anon_2.type AS type, anon_2.starts_at AS starts_at, anon_2.ends_at AS ends_at, anon_2.priority AS priority, anon_2.assignee_id AS assignee_id, anon_2.state AS state, anon_2.completed_at AS completed_at, anon_2.created_by_id AS created_by_id, anon_2.version AS version, anon_2.created_at AS created_at, anon_2.updated_at AS updated_at, anon_2.deleted_at AS deleted_at, anon_2.is_overdue AS is_overdue, anon_2.t0_ AS t0_, anon_2.t1_ AS t1_
    FROM ((
      SELECT follow_up_1.company_id AS company_id, follow_up_1.id AS id, follow_up_1.client_id AS client_id, follow_up_1.deal_id AS deal_id, follow_up_1.number AS number, follow_up_1.key AS key, follow_up_1.name AS name, follow_up_1.description AS description, follow_up_1.type AS type, follow_up_1.starts_at AS starts_at, follow_up_1.ends_at AS ends_at, follow_up_1.priority AS priority, follow_up_1.assignee_id AS assignee_id, follow_up_1.state AS state, follow_up_1.completed_at AS completed_at, follow_up_1.created_by_id AS created_by_id, follow_up_1.version AS version, follow_up_1.created_at AS created_at, follow_up_1.updated_at AS updated_at, follow_up_1.deleted_at AS deleted_at, follow_up_1.ends_at < $1::TIMESTAMP WITH TIME ZONE AND follow_up_1.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, follow_up_1.starts_at AS t0_, follow_up_1.id AS t1_
      FROM follow_up AS follow_up_1
      WHERE follow_up_1.company_id = $3::UUID AND follow_up_1.deleted_at IS NULL AND (EXISTS (
        SELECT true AS anon_3
        FROM client AS client_2
        WHERE client_2.company_id = $3::UUID AND client_2.id = follow_up_1.client_id AND client_2.deleted_at IS NULL
        LIMIT ALL OFFSET 0
      )) AND follow_up_1.state = ANY ($4::VARCHAR(40)[]) AND follow_up_1.starts_at < $5::TIMESTAMP WITH TIME ZONE AND follow_up_1.starts_at >= least($6::TIMESTAMP WITH TIME ZONE - interval '7 days', (
        SELECT min(follow_up_2.starts_at) FILTER (
        WHERE follow_up_2.starts_at < $6::TIMESTAMP WITH TIME ZONE) AS anon_4
        FROM follow_up AS follow_up_2
        WHERE follow_up_2.company_id = $3::UUID AND follow_up_2.ends_at - follow_up_2.starts_at > interval '7 days' AND follow_up_2.ends_at > $6::TIMESTAMP WITH TIME ZONE
      )) AND (follow_up_1.starts_at >= $6::TIMESTAMP WITH TIME ZONE OR follow_up_1.ends_at > $6::TIMESTAMP WITH TIME ZONE) AND NOT (EXISTS (
        SELECT anon_5.id
        FROM anon_5
        LIMIT 1 OFFSET 2000
      )) AND follow_up_1.id = ANY (array((
        SELECT anon_5.id
        FROM anon_5
      )))
      ORDER BY follow_up_1.starts_at ASC, follow_up_1.id ASC
      LIMIT 101
    )
    UNION ALL (
      SELECT follow_up_4.company_id AS company_id, follow_up_4.id AS id, follow_up_4.client_id AS client_id, follow_up_4.deal_id AS deal_id, follow_up_4.number AS number, follow_up_4.key AS key, follow_up_4.name AS name, follow_up_4.description AS description, follow_up_4.type AS type, follow_up_4.starts_at AS starts_at, follow_up_4.ends_at AS ends_at, follow_up_4.priority AS priority, follow_up_4.assignee_id AS assignee_id, follow_up_4.state AS state, follow_up_4.completed_at AS completed_at, follow_up_4.created_by_id AS created_by_id, follow_up_4.version AS version, follow_up_4.created_at AS created_at, follow_up_4.updated_at AS updated_at, follow_up_4.deleted_at AS deleted_at, follow_up_4.ends_at < $1::TIMESTAMP WITH TIME ZONE AND follow_up_4.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, follow_up_4.starts_at AS t0_, follow_up_4.id AS t1_
      FROM follow_up AS follow_up_4
      WHERE follow_up_4.company_id = $3::UUID AND follow_up_4.deleted_at IS NULL AND (EXISTS (
        SELECT true AS anon_3
        FROM client AS client_3
        WHERE client_3.company_id = $3::UUID AND client_3.id = follow_up_4.client_id AND client_3.deleted_at IS NULL
        LIMIT ALL OFFSET 0
      )) AND follow_up_4.state = ANY ($4::VARCHAR(40)[]) AND follow_up_4.starts_at < $5::TIMESTAMP WITH TIME ZONE AND follow_up_4.starts_at >= least($6::TIMESTAMP WITH TIME ZONE - interval '7 days', (
        SELECT min(follow_up_5.starts_at) FILTER (
        WHERE follow_up_5.starts_at < $6::TIMESTAMP WITH TIME ZONE) AS anon_6
        FROM follow_up AS follow_up_5
        WHERE follow_up_5.company_id = $3::UUID AND follow_up_5.ends_at - follow_up_5.starts_at > interval '7 days' AND follow_up_5.ends_at > $6::TIMESTAMP WITH TIME ZONE
      )) AND (follow_up_4.starts_at >= $6::TIMESTAMP WITH TIME ZONE OR follow_up_4.ends_at > $6::TIMESTAMP WITH TIME ZONE) AND (EXISTS (
        SELECT anon_5.id
        FROM anon_5
        LIMIT 1 OFFSET 2000
      )) AND NOT (EXISTS (
        SELECT anon_7.id
        FROM anon_7
        LIMIT 1 OFFSET 2000
      )) AND follow_up_4.id = ANY (array((
        SELECT anon_7.id
        FROM anon_7
      )))
      ORDER BY follow_up_4.starts_at ASC, follow_up_4.id ASC
      LIMIT 101
    )
    UNION ALL (
      SELECT anon_9.company_id AS company_id, anon_9.id AS id, anon_9.client_id AS client_id, anon_9.deal_id AS deal_id, anon_9.number AS number, anon_9.key AS key, anon_9.name AS name, anon_9.description AS description, anon_9.type AS type, anon_9.starts_at AS starts_at, anon_9.ends_at AS ends_at, anon_9.priority AS priority, anon_9.assignee_id AS assignee_id, anon_9.state AS state, anon_9.completed_at AS completed_at, anon_9.created_by_id AS created_by_id, anon_9.version AS version, anon_9.created_at AS created_at, anon_9.updated_at AS updated_at, anon_9.deleted_at AS deleted_at, anon_9.ends_at < $1::TIMESTAMP WITH TIME ZONE AND anon_9.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, anon_9.t0_ AS t0_, anon_9.t1_ AS t1_
      FROM LATERAL (
        SELECT anon_10.company_id AS company_id, anon_10.id AS id, anon_10.client_id AS client_id, anon_10.deal_id AS deal_id, anon_10.number AS number, anon_10.key AS key, anon_10.name AS name, anon_10.description AS description, anon_10.type AS type, anon_10.starts_at AS starts_at, anon_10.ends_at AS ends_at, anon_10.priority AS priority, anon_10.assignee_id AS assignee_id, anon_10.state AS state, anon_10.completed_at AS completed_at, anon_10.created_by_id AS created_by_id, anon_10.search_text AS search_text, anon_10.version AS version, anon_10.created_at AS created_at, anon_10.updated_at AS updated_at, anon_10.deleted_at AS deleted_at, anon_10.t0_ AS t0_, anon_10.t1_ AS t1_, row_number() OVER () AS look_
        FROM LATERAL (
          SELECT follow_up_8.company_id AS company_id, follow_up_8.id AS id, follow_up_8.client_id AS client_id, follow_up_8.deal_id AS deal_id, follow_up_8.number AS number, follow_up_8.key AS key, follow_up_8.name AS name, follow_up_8.description AS description, follow_up_8.type AS type, follow_up_8.starts_at AS starts_at, follow_up_8.ends_at AS ends_at, follow_up_8.priority AS priority, follow_up_8.assignee_id AS assignee_id, follow_up_8.state AS state, follow_up_8.completed_at AS completed_at, follow_up_8.created_by_id AS created_by_id, follow_up_8.search_text AS search_text, follow_up_8.version AS version, follow_up_8.created_at AS created_at, follow_up_8.updated_at AS updated_at, follow_up_8.deleted_at AS deleted_at, follow_up_8.starts_at AS t0_, follow_up_8.id AS t1_
          FROM follow_up AS follow_up_8
          WHERE follow_up_8.company_id = $3::UUID AND follow_up_8.deleted_at IS NULL AND (EXISTS (
            SELECT true AS anon_3
            FROM client AS client_4
            WHERE client_4.company_id = $3::UUID AND client_4.id = follow_up_8.client_id AND client_4.deleted_at IS NULL
            LIMIT ALL OFFSET 0
          )) AND follow_up_8.starts_at < $5::TIMESTAMP WITH TIME ZONE AND follow_up_8.starts_at >= least($6::TIMESTAMP WITH TIME ZONE - interval '7 days', (
            SELECT min(follow_up_9.starts_at) FILTER (
            WHERE follow_up_9.starts_at < $6::TIMESTAMP WITH TIME ZONE) AS anon_11
            FROM follow_up AS follow_up_9
            WHERE follow_up_9.company_id = $3::UUID AND follow_up_9.ends_at - follow_up_9.starts_at > interval '7 days' AND follow_up_9.ends_at > $6::TIMESTAMP WITH TIME ZONE
          )) AND (follow_up_8.starts_at >= $6::TIMESTAMP WITH TIME ZONE OR follow_up_8.ends_at > $6::TIMESTAMP WITH TIME ZONE) AND (EXISTS (
            SELECT anon_5.id
            FROM anon_5
            LIMIT 1 OFFSET 2000
          )) AND (EXISTS (
            SELECT anon_7.id
            FROM anon_7
            LIMIT 1 OFFSET 2000
          ))
          ORDER BY follow_up_8.starts_at ASC, follow_up_8.id ASC
          LIMIT ALL OFFSET 0
        ) AS anon_10
      ) AS anon_9
      WHERE CASE WHEN (anon_9.look_ > 10000) THEN ficha_too_broad() ELSE anon_9.state = ANY ($4::VARCHAR(40)[]) END
      LIMIT 101
    )) AS anon_2
    LIMIT 101
  ) AS anon_1
  LEFT OUTER JOIN client AS client_1 ON client_1.company_id = $3::UUID AND client_1.id = anon_1.client_id
  LEFT OUTER JOIN deal AS deal_1 ON deal_1.company_id = $3::UUID AND deal_1.id = anon_1.deal_id
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $3::UUID AND collaborator_1.id = anon_1.assignee_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
