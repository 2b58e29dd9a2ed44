-- $1 company_id, $2 here, $3 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","deals":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM deal AS deal_1
    WHERE deal_1.company_id = $1::UUID AND deal_1.deleted_at IS NULL AND true AND deal_1.client_id = client_1.id
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"deal_', anon_1.id, '","title":', ficha_json(anon_1.title),
    ',"description":', coalesce(ficha_json(anon_1.description), 'null'::json),
    ',"estimatedValue":"', anon_1.estimated_value, '","estimatedValueLabel":␁0:', coalesce('"' || CAST(anon_1.estimated_value AS TEXT) || '"', 'null'), '␂,"finalValueLabel":␁1:', coalesce('"' || CAST(anon_1.final_value AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(anon_1.currency),
    ',"priority":', CASE WHEN (anon_1.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_1.priority || '"' ELSE '␁2:␂' END,
    ',"priorityLabel":␁3:', CAST(ficha_json(anon_1.priority) AS TEXT), '␂,"state":', CASE WHEN (anon_1.state IN ('CLOSED', 'LOST', 'OPEN', 'WON')) THEN '"' || anon_1.state || '"' ELSE '␁2:␂' END,
    ',"stateLabel":␁4:', CAST(ficha_json(anon_1.state) AS TEXT), '␂,"stage":', CASE WHEN (funnel_stage_1.id IS NOT NULL) THEN concat(
    '{"id":"stg_', funnel_stage_1.id, '","name":', ficha_json(funnel_stage_1.name), '}') ELSE '␁2:␂' END,
    ',"assignee":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($2::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"expectedCloseOn":', coalesce('"' || CAST(anon_1.expected_close_on AS TEXT) || '"', 'null'),
    ',"expectedCloseOnLabel":␁5:', coalesce('"' || CAST(anon_1.expected_close_on AS TEXT) || '"', 'null'), '␂,"closedOnLabel":␁6:', coalesce('"' || CAST(anon_1.closed_on AS TEXT) || '"', 'null'), '␂,"lossReason":', CASE WHEN (loss_reason_1.id IS NOT NULL) THEN concat(
    '{"id":"lsr_', loss_reason_1.id, '","name":', ficha_json(loss_reason_1.name), '}') ELSE 'null' END,
    ',"version":', anon_1.version,
    ',"actions":␁7:', json_build_array(anon_1.state, anon_1.deleted_at, anon_2.client_kind, anon_2.client_deleted_at), '␂}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('deal CREATED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT deal_2.company_id AS company_id, deal_2.id AS id, deal_2.client_id AS client_id, deal_2.title AS title, deal_2.description AS description, deal_2.estimated_value AS estimated_value, deal_2.currency AS currency, deal_2.priority AS priority, deal_2.assignee_id AS assignee_id, deal_2.stage_id AS stage_id, deal_2.state AS state, deal_2.expected_close_on AS expected_close_on, deal_2.closed_on AS closed_on, deal_2.final_value AS final_value, deal_2.loss_reason_id AS loss_reason_id, deal_2.reopened_at AS reopened_at, deal_2.created_by_id AS created_by_id, deal_2.version AS version, deal_2.created_at AS created_at, deal_2.updated_at AS updated_at, deal_2.deleted_at AS deleted_at, deal_2.created_at AS t0_, deal_2.id AS t1_
    FROM deal AS deal_2
    WHERE deal_2.company_id = $1::UUID AND deal_2.deleted_at IS NULL AND true AND deal_2.client_id = client_1.id
    ORDER BY deal_2.created_at DESC, deal_2.id DESC
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN funnel_stage AS funnel_stage_1 ON funnel_stage_1.company_id = $1::UUID AND funnel_stage_1.id = anon_1.stage_id
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.assignee_id
  LEFT OUTER JOIN loss_reason AS loss_reason_1 ON loss_reason_1.company_id = $1::UUID AND loss_reason_1.id = anon_1.loss_reason_id
  LEFT OUTER JOIN LATERAL (
    SELECT client_2.kind AS client_kind, client_2.deleted_at AS client_deleted_at
    FROM client AS client_2
    WHERE client_2.company_id = $1::UUID AND client_2.id = anon_1.client_id
  ) AS anon_2 ON true
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $3::UUID AND client_1.company_id = $1::UUID
