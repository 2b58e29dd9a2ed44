-- $1 company_id, $2 a1_f0, $3 now, $4 here, $5 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","followUps":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM follow_up AS follow_up_1
    WHERE follow_up_1.company_id = $1::UUID AND follow_up_1.deleted_at IS NULL AND follow_up_1.state = ANY ($2::VARCHAR(40)[]) AND follow_up_1.client_id = client_1.id
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"seg_', anon_1.id, '","key":', ficha_json(anon_1.key),
    ',"name":', ficha_json(anon_1.name),
    ',"type":', CASE WHEN (anon_1.type IN ('CALL', 'EMAIL', 'MEETING', 'OTHER', 'VISIT', 'WHATSAPP')) THEN '"' || anon_1.type || '"' ELSE '␁0:␂' END,
    ',"typeLabel":␁1:', CAST(ficha_json(anon_1.type) AS TEXT), '␂,"startsAt":"', to_char(anon_1.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","startsAtLabel":␁2:', coalesce('"' || CAST(to_char(anon_1.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"endsAt":"', to_char(anon_1.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","endsAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"priority":', CASE WHEN (anon_1.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_1.priority || '"' ELSE '␁0:␂' END,
    ',"priorityLabel":␁4:', CAST(ficha_json(anon_1.priority) AS TEXT), '␂,"state":', CASE WHEN (anon_1.state IN ('CANCELLED', 'DONE', 'IN_PROGRESS', 'PENDING')) THEN '"' || anon_1.state || '"' ELSE '␁0:␂' END,
    ',"stateLabel":␁5:', CAST(ficha_json(anon_1.state) AS TEXT), '␂,"isOverdue":', CASE WHEN (anon_1.ends_at < $3::TIMESTAMP WITH TIME ZONE AND anon_1.state IN ('PENDING', 'IN_PROGRESS')) THEN 'true' WHEN ((anon_1.ends_at < $3::TIMESTAMP WITH TIME ZONE AND anon_1.state IN ('PENDING', 'IN_PROGRESS')) IS NULL) THEN '␁0:␂' ELSE 'false' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '","title":', ficha_json(deal_1.title), '}') ELSE 'null' END,
    ',"assignee":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($4::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"hasPreviousPage":false,"startCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('follow_up STARTS_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('follow_up STARTS_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT follow_up_2.company_id AS company_id, follow_up_2.id AS id, follow_up_2.client_id AS client_id, follow_up_2.deal_id AS deal_id, follow_up_2.number AS number, follow_up_2.key AS key, follow_up_2.name AS name, follow_up_2.description AS description, follow_up_2.type AS type, follow_up_2.starts_at AS starts_at, follow_up_2.ends_at AS ends_at, follow_up_2.priority AS priority, follow_up_2.assignee_id AS assignee_id, follow_up_2.state AS state, follow_up_2.completed_at AS completed_at, follow_up_2.created_by_id AS created_by_id, follow_up_2.version AS version, follow_up_2.created_at AS created_at, follow_up_2.updated_at AS updated_at, follow_up_2.deleted_at AS deleted_at, follow_up_2.ends_at < $3::TIMESTAMP WITH TIME ZONE AND follow_up_2.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, follow_up_2.starts_at AS t0_, follow_up_2.id AS t1_
    FROM follow_up AS follow_up_2
    WHERE follow_up_2.company_id = $1::UUID AND follow_up_2.deleted_at IS NULL AND follow_up_2.state = ANY ($2::VARCHAR(40)[]) AND follow_up_2.client_id = client_1.id
    ORDER BY follow_up_2.starts_at DESC, follow_up_2.id DESC
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN deal AS deal_1 ON deal_1.company_id = $1::UUID AND deal_1.id = anon_1.deal_id
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.assignee_id
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $5::UUID AND client_1.company_id = $1::UUID
