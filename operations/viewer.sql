-- $1 here, $2 a0_key, $3 company_id, $4 a1_key
SELECT concat(
  '{"viewer":{"collaborator":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
  ',"email":', ficha_json(collaborator_1.email),
  ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE '␁0:␂' END,
  ',"company":', CASE WHEN (company_1.id IS NOT NULL) THEN concat(
  '{"id":"com_', company_1.id, '","name":', ficha_json(company_1.name),
  ',"currency":', ficha_json(company_1.currency),
  ',"timeZone":', ficha_json(company_1.time_zone),
  ',"logoUrl":', coalesce(ficha_json($1::VARCHAR || company_1.logo_path), 'null'::json), '}') ELSE '␁0:␂' END,
  ',"role":"ADMIN","roleLabel":␁1:␂,"locale":"ES_MX","permissions":["admin","billing:read","billing:write","cfdi:override","cfdi:report","cfdi:stamp","clients:read","clients:read_all","clients:write","company:write","credit:override","deals:close","deals:read","deals:write","documents:read","documents:write","follow_ups:read","follow_ups:write","history:read","history:write","sales:read","sales:write"]}}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.id = $2::UUID AND collaborator_1.company_id = $3::UUID
LEFT OUTER JOIN company AS company_1 ON company_1.id = $4::UUID AND company_1.id = $3::UUID
