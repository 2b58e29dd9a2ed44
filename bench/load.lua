-- The load, as wrk runs it: every line of the file is a body, sent in turn; with KEYS, each with an Idempotency-Key that
-- begins so. Prints one line of JSON at the end.
-- Usage: wrk -t1 -c CONNECTIONS -d SECONDS -s load.lua URL -- BODIES AUTHORIZATION [KEYS]

local requests, turn = {}, 0

function init(args)
  local headers = { ["Content-Type"] = "application/json", ["Authorization"] = args[2] }
  for body in io.lines(args[1]) do
    if args[3] then
      headers["Idempotency-Key"] = args[3] .. #requests
    end
    requests[#requests + 1] = wrk.format("POST", "/graphql", headers, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "median": %.6f, "p99": %.6f, "bytes": %d, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
