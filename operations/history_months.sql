-- $1 company_id, $2 month_starts, $3 now, $4 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","createdAt":"', to_char(client_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","createdAtLabel":␁0:', coalesce('"' || CAST(to_char(client_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"historyMonths":', (
  SELECT concat('[', string_agg(concat(
    '{"month":"', anon_1.month, '","monthLabel":␁1:', coalesce('"' || CAST(anon_1.month AS TEXT) || '"', 'null'), '␂,"eventCount":', anon_1.event_count,
    ',"byKind":␁2:', json_build_array(anon_1.by_kind), '␂}'), ','), ']') AS concat_2
  FROM LATERAL (
    SELECT to_char(make_date(2000 + (month.number - 1) / 12, (month.number - 1) % 12 + 1, 1), 'YYYY-MM') AS month, coalesce(anon_2.events, 0) AS event_count, coalesce(anon_2.by_kind, '{}'::jsonb) AS by_kind
    FROM client AS client_2
    JOIN generate_series(greatest(width_bucket(least(client_2.created_at, (
      SELECT history_event_1.occurred_at
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $1::UUID AND history_event_1.client_id = client_1.id AND NOT (false)
      ORDER BY history_event_1.occurred_at
      LIMIT 1
    )), $2::TIMESTAMP WITH TIME ZONE[]), 1), width_bucket($3::TIMESTAMP WITH TIME ZONE, $2::TIMESTAMP WITH TIME ZONE[])) AS month(number) ON true
    LEFT OUTER JOIN LATERAL (
      SELECT anon_3.month AS month, CAST(sum(anon_3.events) AS INTEGER) AS events, jsonb_object_agg(anon_3.kind, anon_3.events) AS by_kind
      FROM LATERAL (
        SELECT width_bucket(history_event_1.occurred_at, $2::TIMESTAMP WITH TIME ZONE[]) AS month, history_event_1.kind AS kind, count(*) AS events
        FROM history_event AS history_event_1
        WHERE history_event_1.company_id = $1::UUID AND history_event_1.client_id = client_1.id AND NOT (false)
        GROUP BY month, history_event_1.kind
      ) AS anon_3
      GROUP BY anon_3.month
    ) AS anon_2 ON anon_2.month = month.number
    WHERE client_2.company_id = $1::UUID AND client_2.id = client_1.id
    ORDER BY month.number DESC
  ) AS anon_1
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $4::UUID AND client_1.company_id = $1::UUID
