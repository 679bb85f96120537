-- Load of many agencies for wrk, as their CRMs would send it. Each request is of a random agency's random agent.
--
--   wrk -s load.lua http://127.0.0.1:8000 -- KEYS put|same|get|bulk|bulk-core AGENTS [DELAY_MS]
--
-- KEYS is a file with one API key a line, AGENTS how many agents each agency has; `same` puts what is stored already.
-- The last line printed is JSON.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

local keys, agents, kind, pause = {}, 0, "get", 0
local BULK = 100

local description = string.rep("Cunoaște bine cartierele de la Botanica până la Ciocana. ", 6) .. "Română, rusă."
local profile = '"externalId":"agent-%d","name":"Ana Munteanu %d","phone":"+373 69 %03d %03d",'
  .. '"description":"' .. description .. '","settings":{"contact_telegram":true,"contact_viber":false}'

function init(arguments)
  for key in io.lines(arguments[1]) do keys[#keys + 1] = key end
  kind, agents, pause = arguments[2], tonumber(arguments[3]), tonumber(arguments[4] or "0")
  math.randomseed(os.time() + 7919 * id)
end

function delay() return math.floor(pause * 2 * math.random()) end

-- An agent keeps its number and changes its name, as agents do.
local function agent_members(agent, any)
  return profile:format(agent, any, agent % 1000, (agent * 7) % 1000)
end

function request()
  local headers = { ["X-API-Key"] = keys[math.random(#keys)], ["Content-Type"] = "application/json" }
  local agent = math.random(agents)
  if kind == "get" then
    return wrk.format("GET", "/api/v1/users/external/agent-" .. agent, headers)
  elseif kind == "put" or kind == "same" then
    local any = kind == "put" and math.random(999999) or 7
    return wrk.format("PUT", "/api/v1/users", headers, "{" .. agent_members(agent, any) .. "}")
  end
  local operations = {}
  for n = 1, BULK do
    operations[n] = '{"op":"upsert",' .. agent_members((agent + n) % agents + 1, math.random(999999)) .. "}"
  end
  local body = '{"operations":[' .. table.concat(operations, ",") .. "]}"
  return wrk.format("POST", "/api/v1/users/" .. kind, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests": %d, "seconds": %.3f, "failed": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
