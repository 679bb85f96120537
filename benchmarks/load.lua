-- Load of many agencies for wrk, as their CRMs would send it. Each request is of a random agency's random agent.
--
--   wrk -s load.lua http://127.0.0.1:8000 -- WORDS KEYS KIND FIRST LAST DELAY_MS
--
-- WORDS is what profiles and listings are made of (benchmarks/profiles.py, homes.py), KEYS has a line `agency-id key` for each
-- agency, agents and their listings are FIRST..LAST of each. KIND: `put` changes the name, and now and then the phone; `same`
-- puts what is stored already; `get` reads; `mixed` puts and reads; `bulk`, `bulk-core` put 100 agents. `listing-put` changes a
-- price, `listing-get` reads a listing, `page` visits its page. The last line printed is JSON.
--
-- wrk shares the cores with what it measures, so a request is put together of ready pieces, by hand: wrk.format costs more.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

local random, floor, concat = math.random, math.floor, table.concat
local BULK, AGENTS_MAX, STRIDE, FRESH_PHONE_IN = 100, 100000, 7919, 20
local END_OF_NAME, SETTINGS = '","phone":"', '","settings":{"contact_telegram":true,"contact_viber":false}}'
local LISTINGS, PHOTOS, PRICE_MIN, PRICE_MAX = 100, 3, 20000, 900000
local callers, words, profiles, homes = {}, { latin = {}, cyrillic = {} }, {}, {}
local prefixes, three, external_ids, listing_ids = {}, {}, {}, {}
local kind, first, last, pause = "get", 1, 1, 0

local function split(line) return line:match("^([^\t]+)\t([^\t]+)\t?(.*)$") end

local function read_words(path)
  for line in io.lines(path) do
    local what, word, rest = split(line)
    if what == "prefix" then
      prefixes[#prefixes + 1] = "+373 " .. word .. " "
    elseif what == "profile" then
      profiles[#profiles + 1] = { name = word, tail = '","description":"' .. rest .. SETTINGS }
    elseif what == "listing" then
      homes[#homes + 1] = "," .. word .. ',"externalUserId":"'
    else
      local alphabet, place = what:match("(%a+)-(%a+)")
      words[alphabet][place] = words[alphabet][place] or {}
      table.insert(words[alphabet][place], word)
    end
  end
end

local function read_keys(path)
  local common = " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nX-API-Key: "
  local sent = "\r\nContent-Type: application/json\r\nContent-Length: "
  for line in io.lines(path) do
    local agency, key = line:match("(%d+) (%S+)")
    callers[#callers + 1] = {
      agency = tonumber(agency),
      get = common .. key .. "\r\n\r\n",
      visit = " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\n\r\n",
      put_listing = "PUT /api/v1/listings" .. common .. key .. sent,
      put = "PUT /api/v1/users" .. common .. key .. sent,
      bulk = "POST /api/v1/users/" .. kind .. common .. key .. sent,
    }
  end
end

function init(arguments)
  kind, first, last = arguments[3], tonumber(arguments[4]), tonumber(arguments[5])
  pause = tonumber(arguments[6] or "0")
  read_words(arguments[1])
  read_keys(arguments[2])
  for n = 0, 999 do three[n] = string.format("%03d", n) end
  for n = first, last do
    external_ids[n], listing_ids[n] = string.format("agent-%06d", n), string.format("listing-%06d", n)
  end
  math.randomseed(os.time() + STRIDE * id)
  if pause > 0 then -- its mere presence makes wrk set a timer for each request
    delay = function() return floor(pause * 2 * random() + random()) end
  end
end

local INITIALS = { latin = {}, cyrillic = { "А", "Б", "В", "Г", "Д", "Е", "И", "К", "М", "Н", "О", "П", "Р", "С" } }
for n = 0, 25 do INITIALS.latin[n + 1] = string.char(65 + n) end

local function new_name()
  local alphabet = random(4) == 1 and "cyrillic" or "latin"
  local these, initials = words[alphabet], INITIALS[alphabet]
  return these.first[random(#these.first)] .. " " .. initials[random(#initials)] .. ". " .. these.last[random(#these.last)]
end

local function phone_of(agency, agent)
  local number = (agency - 1) * AGENTS_MAX + agent - 1
  local rest = floor(number / 10) * STRIDE % 1000000
  return prefixes[number % 10 + 1] .. three[floor(rest / 1000)] .. " " .. three[rest % 1000]
end

local function fresh_phone()
  return prefixes[random(#prefixes)] .. three[random(0, 999)] .. " " .. three[random(0, 999)]
end

-- A phone that is fresh once changes back with the agent's next PUT: one PUT in ten changes it.
local function members(agency, agent, unchanged)
  local profile = profiles[((agency - 1) * 100 + (agent - 1) % 100) % #profiles + 1]
  local name = unchanged and profile.name or new_name()
  local phone = (unchanged or random(FRESH_PHONE_IN) > 1) and phone_of(agency, agent) or fresh_phone()
  return '"externalId":"' .. external_ids[agent] .. '","name":"' .. name .. END_OF_NAME .. phone .. profile.tail
end

local function get(caller, agent)
  return "GET /api/v1/users/external/" .. external_ids[agent] .. caller.get
end

local function put(caller, agent, unchanged)
  local body = "{" .. members(caller.agency, agent, unchanged)
  return caller.put .. #body .. "\r\n\r\n" .. body
end

local function bulk(caller, agent)
  local operations = {}
  for n = 1, BULK do
    operations[n] = '{"op":"upsert",' .. members(caller.agency, first + (agent - first + n) % (last - first + 1))
  end
  local body = '{"operations":[' .. concat(operations, ",") .. "]}"
  return caller.bulk .. #body .. "\r\n\r\n" .. body
end

local function get_listing(caller, number)
  return "GET /api/v1/listings/external/" .. listing_ids[number] .. caller.get
end

-- Listings were made in the order of their numbers, agency by agency, and so have these ids.
local function visit(caller, number)
  return "GET /announcement/" .. (caller.agency - 1) * LISTINGS + number .. caller.visit
end

local function put_listing(caller, number)
  local home = homes[((caller.agency - 1) * 100 + (number - 1) % 100) % #homes + 1]
  local photos, place = {}, '{"url":"https://photos.example/' .. caller.agency .. "/" .. listing_ids[number] .. "/"
  for n = 1, PHOTOS do photos[n] = place .. n .. '.jpg"}' end
  local body = '{"externalId":"' .. listing_ids[number] .. '","announcementValue":' .. random(PRICE_MIN, PRICE_MAX) .. home
    .. external_ids[number] .. '","files":[' .. concat(photos, ",") .. "]}"
  return caller.put_listing .. #body .. "\r\n\r\n" .. body
end

function request()
  local caller, agent = callers[random(#callers)], random(first, last)
  if kind == "get" then return get(caller, agent) end
  if kind == "put" then return put(caller, agent) end
  if kind == "same" then return put(caller, agent, true) end
  if kind == "listing-get" then return get_listing(caller, agent) end
  if kind == "listing-put" then return put_listing(caller, agent) end
  if kind == "page" then return visit(caller, agent) end
  if kind == "mixed" then return random(2) == 1 and get(caller, agent) or put(caller, agent) end
  return bulk(caller, agent)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.3f, "status": %d, "broken": %d, "timeouts": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
