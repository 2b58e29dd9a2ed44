-- $1 now, $2 here, $3 a0_key, $4 company_id
SELECT concat(
  '{"followUp":', CASE WHEN (follow_up_1.id IS NOT NULL) THEN concat(
  '{"id":"seg_', follow_up_1.id, '","key":', ficha_json(follow_up_1.key),
  ',"name":', ficha_json(follow_up_1.name),
  ',"description":', coalesce(ficha_json(follow_up_1.description), 'null'::json),
  ',"type":', CASE WHEN (follow_up_1.type IN ('CALL', 'EMAIL', 'MEETING', 'OTHER', 'VISIT', 'WHATSAPP')) THEN '"' || follow_up_1.type || '"' ELSE '␁0:␂' END,
  ',"typeLabel":␁1:', CAST(ficha_json(follow_up_1.type) AS TEXT), '␂,"startsAt":"', to_char(follow_up_1.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","startsAtLabel":␁2:', coalesce('"' || CAST(to_char(follow_up_1.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"endsAt":"', to_char(follow_up_1.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","endsAtLabel":␁3:', coalesce('"' || CAST(to_char(follow_up_1.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"priority":', CASE WHEN (follow_up_1.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || follow_up_1.priority || '"' ELSE '␁0:␂' END,
  ',"priorityLabel":␁4:', CAST(ficha_json(follow_up_1.priority) AS TEXT), '␂,"state":', CASE WHEN (follow_up_1.state IN ('CANCELLED', 'DONE', 'IN_PROGRESS', 'PENDING')) THEN '"' || follow_up_1.state || '"' ELSE '␁0:␂' END,
  ',"stateLabel":␁5:', CAST(ficha_json(follow_up_1.state) AS TEXT), '␂,"isOverdue":', CASE WHEN (follow_up_1.ends_at < $1::TIMESTAMP WITH TIME ZONE AND follow_up_1.state IN ('PENDING', 'IN_PROGRESS')) THEN 'true' WHEN ((follow_up_1.ends_at < $1::TIMESTAMP WITH TIME ZONE AND follow_up_1.state IN ('PENDING', 'IN_PROGRESS')) IS NULL) THEN '␁0:␂' ELSE 'false' END,
  ',"completedAtLabel":␁6:', coalesce('"' || CAST(to_char(follow_up_1.completed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
  '{"id":"deal_', deal_1.id, '","title":', ficha_json(deal_1.title), '}') ELSE 'null' END,
  ',"assignee":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
  ',"avatarUrl":', coalesce(ficha_json($2::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
  ',"createdBy":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name), '}') ELSE 'null' END,
  ',"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","legalName":', ficha_json(client_1.legal_name), '}') ELSE 'null' END,
  ',"createdAtLabel":␁7:', coalesce('"' || CAST(to_char(follow_up_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', follow_up_1.version,
  ',"actions":␁8:', json_build_array(follow_up_1.state, follow_up_1.deleted_at, anon_1.client_kind, anon_1.client_deleted_at), '␂}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN follow_up AS follow_up_1 ON follow_up_1.id = $3::UUID AND follow_up_1.company_id = $4::UUID
LEFT OUTER JOIN deal AS deal_1 ON deal_1.company_id = $4::UUID AND deal_1.id = follow_up_1.deal_id
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $4::UUID AND collaborator_1.id = follow_up_1.assignee_id
LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $4::UUID AND collaborator_2.id = follow_up_1.created_by_id
LEFT OUTER JOIN client AS client_1 ON client_1.company_id = $4::UUID AND client_1.id = follow_up_1.client_id
LEFT OUTER JOIN LATERAL (
  SELECT client_2.kind AS client_kind, client_2.deleted_at AS client_deleted_at
  FROM client AS client_2
  WHERE client_2.company_id = $4::UUID AND client_2.id = follow_up_1.client_id
) AS anon_1 ON follow_up_1.id IS NOT NULL
