-- $1 company_id, $2 a0_f0, $3 a0_f1, $4 here
WITH anon_2 AS (
  SELECT deal_1.id AS id
  FROM deal AS deal_1
  WHERE deal_1.company_id = $1::UUID AND deal_1.state = $2
  LIMIT 2001
), anon_8 AS (
  SELECT deal_5.id AS id
  FROM deal AS deal_5
  WHERE deal_5.company_id = $1::UUID AND deal_5.state = $2
  LIMIT 2001
), anon_9 AS (
  SELECT funnel_stage_6.id AS id
  FROM funnel_stage AS funnel_stage_6
  WHERE funnel_stage_6.company_id = $1::UUID AND funnel_stage_6.id = $3::UUID
  LIMIT 2001
), anon_10 AS (
  SELECT deal_7.id AS id
  FROM deal AS deal_7
  WHERE deal_7.company_id = $1::UUID AND (EXISTS (
    SELECT anon_9.id
    FROM anon_9
  )) AND deal_7.stage_id = ANY (array((
    SELECT anon_9.id
    FROM anon_9
  )))
  LIMIT 2001
)
SELECT concat(
  '{"deals":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT CASE WHEN (EXISTS (
      SELECT anon_2.id
      FROM anon_2
      LIMIT 1 OFFSET 2000
    )) THEN (
      SELECT count(*) FILTER (
      WHERE EXISTS (
        SELECT true AS anon_4
        FROM funnel_stage AS funnel_stage_1
        WHERE funnel_stage_1.company_id = $1::UUID AND funnel_stage_1.id = anon_5.stage_id AND funnel_stage_1.id = $3::UUID
        LIMIT ALL OFFSET 0
      )) AS anon_3
      FROM (
        SELECT deal_2.company_id AS company_id, deal_2.id AS id, deal_2.client_id AS client_id, deal_2.title AS title, deal_2.description AS description, deal_2.estimated_value AS estimated_value, deal_2.currency AS currency, deal_2.priority AS priority, deal_2.assignee_id AS assignee_id, deal_2.stage_id AS stage_id, deal_2.position AS position, deal_2.state AS state, deal_2.expected_close_on AS expected_close_on, deal_2.closed_on AS closed_on, deal_2.final_value AS final_value, deal_2.loss_reason_id AS loss_reason_id, deal_2.reopened_at AS reopened_at, deal_2.created_by_id AS created_by_id, deal_2.version AS version, deal_2.created_at AS created_at, deal_2.updated_at AS updated_at, deal_2.deleted_at AS deleted_at
        FROM deal AS deal_2
        WHERE deal_2.company_id = $1::UUID AND deal_2.deleted_at IS NULL AND (EXISTS (
          SELECT true AS anon_4
          FROM client AS client_1
          WHERE client_1.company_id = $1::UUID AND client_1.id = deal_2.client_id AND client_1.deleted_at IS NULL
          LIMIT ALL OFFSET 0
        )) AND deal_2.state = $2
        LIMIT 2500
      ) AS anon_5
    ) ELSE (
      SELECT count(*) AS count_1
      FROM deal AS deal_3
      WHERE deal_3.company_id = $1::UUID AND deal_3.deleted_at IS NULL AND (EXISTS (
        SELECT true AS anon_4
        FROM client AS client_2
        WHERE client_2.company_id = $1::UUID AND client_2.id = deal_3.client_id AND client_2.deleted_at IS NULL
        LIMIT ALL OFFSET 0
      )) AND deal_3.state = $2 AND (EXISTS (
        SELECT true AS anon_4
        FROM funnel_stage AS funnel_stage_2
        WHERE funnel_stage_2.company_id = $1::UUID AND funnel_stage_2.id = deal_3.stage_id AND funnel_stage_2.id = $3::UUID
        LIMIT ALL OFFSET 0
      )) AND deal_3.id = ANY (array((
        SELECT anon_2.id
        FROM anon_2
      )))
    ) END AS anon_1
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"deal_', anon_6.id, '","title":', ficha_json(anon_6.title),
    ',"estimatedValue":"', anon_6.estimated_value, '","estimatedValueLabel":␁0:', coalesce('"' || CAST(anon_6.estimated_value AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(anon_6.currency),
    ',"priority":', CASE WHEN (anon_6.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_6.priority || '"' ELSE '␁1:␂' END,
    ',"priorityLabel":␁2:', CAST(ficha_json(anon_6.priority) AS TEXT), '␂,"expectedCloseOn":', coalesce('"' || CAST(anon_6.expected_close_on AS TEXT) || '"', 'null'),
    ',"expectedCloseOnLabel":␁3:', coalesce('"' || CAST(anon_6.expected_close_on AS TEXT) || '"', 'null'), '␂,"stage":', CASE WHEN (funnel_stage_3.id IS NOT NULL) THEN concat(
    '{"id":"stg_', funnel_stage_3.id, '","name":', ficha_json(funnel_stage_3.name), '}') ELSE '␁1:␂' END,
    ',"client":', CASE WHEN (client_3.id IS NOT NULL) THEN concat(
    '{"id":"cli_', client_3.id, '","legalName":', ficha_json(client_3.legal_name), '}') ELSE 'null' END,
    ',"assignee":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($4::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"version":', anon_6.version, '}') AS TEXT) ORDER BY anon_6.t0_ ASC, anon_6.t1_ ASC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('deal POSITION:ASC', (array_agg(CAST(anon_6.t0_ AS TEXT) ORDER BY anon_6.t0_ ASC, anon_6.t1_ ASC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_6.t1_ AS TEXT) ORDER BY anon_6.t0_ ASC, anon_6.t1_ ASC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT anon_7.company_id AS company_id, anon_7.id AS id, anon_7.client_id AS client_id, anon_7.title AS title, anon_7.description AS description, anon_7.estimated_value AS estimated_value, anon_7.currency AS currency, anon_7.priority AS priority, anon_7.assignee_id AS assignee_id, anon_7.stage_id AS stage_id, anon_7.state AS state, anon_7.expected_close_on AS expected_close_on, anon_7.closed_on AS closed_on, anon_7.final_value AS final_value, anon_7.loss_reason_id AS loss_reason_id, anon_7.reopened_at AS reopened_at, anon_7.created_by_id AS created_by_id, anon_7.version AS version, anon_7.created_at AS created_at, anon_7.updated_at AS updated_at, anon_7.deleted_at AS deleted_at, anon_7.t0_ AS t0_, anon_7.t1_ AS t1_
    FROM ((
      SELECT deal_4.company_id AS company_id, deal_4.id AS id, deal_4.client_id AS client_id, deal_4.title AS title, deal_4.description AS description, deal_4.estimated_value AS estimated_value, deal_4.currency AS currency, deal_4.priority AS priority, deal_4.assignee_id AS assignee_id, deal_4.stage_id AS stage_id, deal_4.state AS state, deal_4.expected_close_on AS expected_close_on, deal_4.closed_on AS closed_on, deal_4.final_value AS final_value, deal_4.loss_reason_id AS loss_reason_id, deal_4.reopened_at AS reopened_at, deal_4.created_by_id AS created_by_id, deal_4.version AS version, deal_4.created_at AS created_at, deal_4.updated_at AS updated_at, deal_4.deleted_at AS deleted_at, deal_4.position AS t0_, deal_4.id AS t1_
      FROM deal AS deal_4
      WHERE deal_4.company_id = $1::UUID AND deal_4.deleted_at IS NULL AND (EXISTS (
        SELECT true AS anon_4
        FROM client AS client_4
        WHERE client_4.company_id = $1::UUID AND client_4.id = deal_4.client_id AND client_4.deleted_at IS NULL
        LIMIT ALL OFFSET 0
      )) AND deal_4.state = $2 AND (EXISTS (
        SELECT true AS anon_4
        FROM funnel_stage AS funnel_stage_4
        WHERE funnel_stage_4.company_id = $1::UUID AND funnel_stage_4.id = deal_4.stage_id AND funnel_stage_4.id = $3::UUID
        LIMIT ALL OFFSET 0
      )) AND NOT (EXISTS (
        SELECT anon_8.id
        FROM anon_8
        LIMIT 1 OFFSET 2000
      )) AND deal_4.id = ANY (array((
        SELECT anon_8.id
        FROM anon_8
      )))
      ORDER BY deal_4.position ASC, deal_4.id ASC
      LIMIT 21
    )
    UNION ALL (
      SELECT deal_6.company_id AS company_id, deal_6.id AS id, deal_6.client_id AS client_id, deal_6.title AS title, deal_6.description AS description, deal_6.estimated_value AS estimated_value, deal_6.currency AS currency, deal_6.priority AS priority, deal_6.assignee_id AS assignee_id, deal_6.stage_id AS stage_id, deal_6.state AS state, deal_6.expected_close_on AS expected_close_on, deal_6.closed_on AS closed_on, deal_6.final_value AS final_value, deal_6.loss_reason_id AS loss_reason_id, deal_6.reopened_at AS reopened_at, deal_6.created_by_id AS created_by_id, deal_6.version AS version, deal_6.created_at AS created_at, deal_6.updated_at AS updated_at, deal_6.deleted_at AS deleted_at, deal_6.position AS t0_, deal_6.id AS t1_
      FROM deal AS deal_6
      WHERE deal_6.company_id = $1::UUID AND deal_6.deleted_at IS NULL AND (EXISTS (
        SELECT true AS anon_4
        FROM client AS client_5
        WHERE client_5.company_id = $1::UUID AND client_5.id = deal_6.client_id AND client_5.deleted_at IS NULL
        LIMIT ALL OFFSET 0
      )) AND deal_6.state = $2 AND (EXISTS (
        SELECT true AS anon_4
        FROM funnel_stage AS funnel_stage_5
        WHERE funnel_stage_5.company_id = $1::UUID AND funnel_stage_5.id = deal_6.stage_id AND funnel_stage_5.id = $3::UUID
        LIMIT ALL OFFSET 0
      )) AND (EXISTS (
        SELECT anon_8.id
        FROM anon_8
        LIMIT 1 OFFSET 2000
      )) AND NOT ((EXISTS (
        SELECT anon_9.id
        FROM anon_9
        LIMIT 1 OFFSET 2000
      )) OR (EXISTS (
        SELECT anon_10.id
        FROM anon_10
        LIMIT 1 OFFSET 2000
      ))) AND deal_6.id = ANY (array((
        SELECT anon_10.id
        FROM anon_10
      )))
      ORDER BY deal_6.position ASC, deal_6.id ASC
      LIMIT 21
    )
    UNION ALL (
      SELECT anon_11.company_id AS company_id, anon_11.id AS id, anon_11.client_id AS client_id, anon_11.title AS title, anon_11.description AS description, anon_11.estimated_value AS estimated_value, anon_11.currency AS currency, anon_11.priority AS priority, anon_11.assignee_id AS assignee_id, anon_11.stage_id AS stage_id, anon_11.state AS state, anon_11.expected_close_on AS expected_close_on, anon_11.closed_on AS closed_on, anon_11.final_value AS final_value, anon_11.loss_reason_id AS loss_reason_id, anon_11.reopened_at AS reopened_at, anon_11.created_by_id AS created_by_id, anon_11.version AS version, anon_11.created_at AS created_at, anon_11.updated_at AS updated_at, anon_11.deleted_at AS deleted_at, anon_11.t0_ AS t0_, anon_11.t1_ AS t1_
      FROM LATERAL (
        SELECT anon_12.company_id AS company_id, anon_12.id AS id, anon_12.client_id AS client_id, anon_12.title AS title, anon_12.description AS description, anon_12.estimated_value AS estimated_value, anon_12.currency AS currency, anon_12.priority AS priority, anon_12.assignee_id AS assignee_id, anon_12.stage_id AS stage_id, anon_12.position AS position, anon_12.state AS state, anon_12.expected_close_on AS expected_close_on, anon_12.closed_on AS closed_on, anon_12.final_value AS final_value, anon_12.loss_reason_id AS loss_reason_id, anon_12.reopened_at AS reopened_at, anon_12.created_by_id AS created_by_id, anon_12.version AS version, anon_12.created_at AS created_at, anon_12.updated_at AS updated_at, anon_12.deleted_at AS deleted_at, anon_12.t0_ AS t0_, anon_12.t1_ AS t1_, row_number() OVER () AS look_
        FROM LATERAL (
          SELECT deal_8.company_id AS company_id, deal_8.id AS id, deal_8.client_id AS client_id, deal_8.title AS title, deal_8.description AS description, deal_8.estimated_value AS estimated_value, deal_8.currency AS currency, deal_8.priority AS priority, deal_8.assignee_id AS assignee_id, deal_8.stage_id AS stage_id, deal_8.position AS position, deal_8.state AS state, deal_8.expected_close_on AS expected_close_on, deal_8.closed_on AS closed_on, deal_8.final_value AS final_value, deal_8.loss_reason_id AS loss_reason_id, deal_8.reopened_at AS reopened_at, deal_8.created_by_id AS created_by_id, deal_8.version AS version, deal_8.created_at AS created_at, deal_8.updated_at AS updated_at, deal_8.deleted_at AS deleted_at, deal_8.position AS t0_, deal_8.id AS t1_
          FROM deal AS deal_8
          WHERE deal_8.company_id = $1::UUID AND deal_8.deleted_at IS NULL AND (EXISTS (
            SELECT true AS anon_4
            FROM client AS client_6
            WHERE client_6.company_id = $1::UUID AND client_6.id = deal_8.client_id AND client_6.deleted_at IS NULL
            LIMIT ALL OFFSET 0
          )) AND true AND (EXISTS (
            SELECT anon_8.id
            FROM anon_8
            LIMIT 1 OFFSET 2000
          )) AND ((EXISTS (
            SELECT anon_9.id
            FROM anon_9
            LIMIT 1 OFFSET 2000
          )) OR (EXISTS (
            SELECT anon_10.id
            FROM anon_10
            LIMIT 1 OFFSET 2000
          )))
          ORDER BY deal_8.position ASC, deal_8.id ASC
          LIMIT ALL OFFSET 0
        ) AS anon_12
      ) AS anon_11
      WHERE CASE WHEN (anon_11.look_ > 2500) THEN ficha_too_broad() ELSE anon_11.state = $2 AND (EXISTS (
        SELECT true AS anon_4
        FROM funnel_stage AS funnel_stage_7
        WHERE funnel_stage_7.company_id = $1::UUID AND funnel_stage_7.id = anon_11.stage_id AND funnel_stage_7.id = $3::UUID
        LIMIT ALL OFFSET 0
      )) END
      LIMIT 21
    )) AS anon_7
    LIMIT 21
  ) AS anon_6
  LEFT OUTER JOIN funnel_stage AS funnel_stage_3 ON funnel_stage_3.company_id = $1::UUID AND funnel_stage_3.id = anon_6.stage_id
  LEFT OUTER JOIN client AS client_3 ON client_3.company_id = $1::UUID AND client_3.id = anon_6.client_id
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_6.assignee_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
