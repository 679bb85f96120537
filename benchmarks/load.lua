-- Load of many agencies for wrk, as their CRMs would send it. Each request is of a random agency's random agent.
--
--   wrk -s load.lua http://127.0.0.1:8000 -- KEYS put|get AGENTS
--
-- KEYS is a file with one API key a line; AGENTS is how many agents each agency has. The last line printed is JSON.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

local keys, agents, method = {}, 0, "GET"

local description = string.rep("Cunoaște bine cartierele de la Botanica până la Ciocana. ", 6) .. "Română, rusă."
local body = '{"externalId":"agent-%d","name":"Ana Munteanu %d","phone":"+373 69 %03d %03d",'
  .. '"description":"' .. description .. '","settings":{"contact_telegram":true,"contact_viber":false}}'

function init(arguments)
  for key in io.lines(arguments[1]) do keys[#keys + 1] = key end
  method = arguments[2] == "put" and "PUT" or "GET"
  agents = tonumber(arguments[3])
  math.randomseed(os.time() + 7919 * id)
end

function request()
  local agent = math.random(agents)
  local headers = { ["X-API-Key"] = keys[math.random(#keys)], ["Content-Type"] = "application/json" }
  if method == "GET" then
    return wrk.format("GET", "/api/v1/users/external/agent-" .. agent, headers)
  end
  local any = math.random(999999)
  return wrk.format("PUT", "/api/v1/users", headers, body:format(agent, any, math.floor(any / 1000), any % 1000))
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests": %d, "seconds": %.3f, "failed": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
