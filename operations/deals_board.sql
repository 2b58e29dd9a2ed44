-- $1 company_id, $2 a0_f0, $3 a0_f1, $4 here
SELECT concat(
  '{"deals":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM deal AS deal_1
    WHERE deal_1.company_id = $1::UUID AND deal_1.state = $2 AND (EXISTS (
      SELECT *
      FROM funnel_stage AS funnel_stage_1
      WHERE funnel_stage_1.company_id = $1::UUID AND funnel_stage_1.id = deal_1.stage_id AND funnel_stage_1.id = $3::UUID
    )) AND deal_1.deleted_at IS NULL AND (EXISTS (
      SELECT *
      FROM client AS client_1
      WHERE client_1.company_id = $1::UUID AND client_1.id = deal_1.client_id AND client_1.deleted_at IS NULL
    ))
  ),
    ',"nodes":[', string_agg(concat(
    '{"id":"deal_', anon_1.id, '","title":', ficha_json(anon_1.title),
    ',"estimatedValue":"', anon_1.estimated_value, '","estimatedValueLabel":␁0:', coalesce('"' || CAST(anon_1.estimated_value AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(anon_1.currency),
    ',"priority":', CASE WHEN (anon_1.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_1.priority || '"' ELSE '␁1:␂' END,
    ',"priorityLabel":␁2:', CAST(ficha_json(anon_1.priority) AS TEXT), '␂,"expectedCloseOn":', coalesce('"' || CAST(anon_1.expected_close_on AS TEXT) || '"', 'null'),
    ',"expectedCloseOnLabel":␁3:', coalesce('"' || CAST(anon_1.expected_close_on AS TEXT) || '"', 'null'), '␂,"stage":', CASE WHEN (funnel_stage_2.id IS NOT NULL) THEN concat(
    '{"id":"stg_', funnel_stage_2.id, '","name":', ficha_json(funnel_stage_2.name), '}') ELSE '␁1:␂' END,
    ',"client":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"id":"cli_', client_2.id, '","legalName":', ficha_json(client_2.legal_name), '}') ELSE 'null' END,
    ',"assignee":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($4::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"version":', anon_1.version, '}'), ',' ORDER BY anon_1.n_) FILTER (
  WHERE anon_1.n_ <= 20), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('deal POSITION:ASC', CAST(anon_1.t0_ AS TEXT), CAST(anon_1.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (
  WHERE anon_1.n_ = least(anon_1.of_, 20) AND anon_1.n_ <= 20) || '"', 'null'), '}}') AS concat_2
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('deal POSITION:ASC', CAST(anon_2.t0_ AS TEXT), CAST(anon_2.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') AS cursor_, anon_2.company_id AS company_id, anon_2.id AS id, anon_2.client_id AS client_id, anon_2.title AS title, anon_2.description AS description, anon_2.estimated_value AS estimated_value, anon_2.currency AS currency, anon_2.priority AS priority, anon_2.assignee_id AS assignee_id, anon_2.stage_id AS stage_id, anon_2.state AS state, anon_2.expected_close_on AS expected_close_on, anon_2.closed_on AS closed_on, anon_2.final_value AS final_value, anon_2.loss_reason_id AS loss_reason_id, anon_2.reopened_at AS reopened_at, anon_2.created_by_id AS created_by_id, anon_2.version AS version, anon_2.created_at AS created_at, anon_2.updated_at AS updated_at, anon_2.deleted_at AS deleted_at, anon_2.t0_ AS t0_, anon_2.t1_ AS t1_
    FROM LATERAL (
      SELECT deal_2.company_id AS company_id, deal_2.id AS id, deal_2.client_id AS client_id, deal_2.title AS title, deal_2.description AS description, deal_2.estimated_value AS estimated_value, deal_2.currency AS currency, deal_2.priority AS priority, deal_2.assignee_id AS assignee_id, deal_2.stage_id AS stage_id, deal_2.state AS state, deal_2.expected_close_on AS expected_close_on, deal_2.closed_on AS closed_on, deal_2.final_value AS final_value, deal_2.loss_reason_id AS loss_reason_id, deal_2.reopened_at AS reopened_at, deal_2.created_by_id AS created_by_id, deal_2.version AS version, deal_2.created_at AS created_at, deal_2.updated_at AS updated_at, deal_2.deleted_at AS deleted_at, deal_2.position AS t0_, deal_2.id AS t1_
      FROM deal AS deal_2
      WHERE deal_2.company_id = $1::UUID AND deal_2.state = $2 AND (EXISTS (
        SELECT *
        FROM funnel_stage AS funnel_stage_3
        WHERE funnel_stage_3.company_id = $1::UUID AND funnel_stage_3.id = deal_2.stage_id AND funnel_stage_3.id = $3::UUID
      )) AND deal_2.deleted_at IS NULL AND (EXISTS (
        SELECT *
        FROM client AS client_3
        WHERE client_3.company_id = $1::UUID AND client_3.id = deal_2.client_id AND client_3.deleted_at IS NULL
      ))
      ORDER BY deal_2.position ASC, deal_2.id ASC
      LIMIT 21
    ) AS anon_2
  ) AS anon_1
  LEFT OUTER JOIN funnel_stage AS funnel_stage_2 ON funnel_stage_2.company_id = $1::UUID AND funnel_stage_2.id = anon_1.stage_id
  LEFT OUTER JOIN client AS client_2 ON client_2.company_id = $1::UUID AND client_2.id = anon_1.client_id
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.assignee_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
