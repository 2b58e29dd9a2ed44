-- $1 param_2, $2 number_1, $3 param_3, $4 param_4, $5 param_5, $6 make_date_1, $7 to_char_1, $8 coalesce_1, $9 company_id, $10 hidden_kinds, $11 param_6, $12 month_starts, $13 greatest_1, $14 now, $15 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"', 'cli_' || CAST(client_1.id AS TEXT), '","createdAt":"', to_char(client_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","historyMonths":', (
  SELECT concat('[', string_agg(concat(
    '{"month":"', anon_1.month, '","eventCount":', anon_1.event_count, '}'), ','), ']') AS concat_2
  FROM LATERAL (
    SELECT to_char(make_date($1::INTEGER + (month.number - $2::INTEGER) / $3::INTEGER, (month.number - $2::INTEGER) % $4::INTEGER + $5::INTEGER, $6::INTEGER), $7::VARCHAR) AS month, coalesce(anon_2.events, $8::INTEGER) AS event_count
    FROM client AS client_2
    JOIN generate_series(greatest(width_bucket(least(client_2.created_at, (
      SELECT history_event_1.occurred_at
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $9::UUID AND history_event_1.client_id = client_1.id AND history_event_1.kind != ALL ($10::TEXT[])
      ORDER BY history_event_1.occurred_at
      LIMIT $11::INTEGER
    )), $12::TIMESTAMP WITH TIME ZONE[]), $13::INTEGER), width_bucket($14::TIMESTAMP WITH TIME ZONE, $12::TIMESTAMP WITH TIME ZONE[])) AS month(number) ON true
    LEFT OUTER JOIN LATERAL (
      SELECT width_bucket(history_event_1.occurred_at, $12::TIMESTAMP WITH TIME ZONE[]) AS month, count(*) AS events
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $9::UUID AND history_event_1.client_id = client_1.id AND history_event_1.kind != ALL ($10::TEXT[])
      GROUP BY month
    ) AS anon_2 ON anon_2.month = month.number
    WHERE client_2.company_id = $9::UUID AND client_2.id = client_1.id
    ORDER BY month.number DESC
  ) AS anon_1
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $15::UUID AND client_1.company_id = $9::UUID
