-- Contributions, each with a gameround of its own, from 2,000 players; with SIZE so many in a request.
-- Environment: TOKEN, BRAND, SOURCES (with commas, taken in turn), RUN, SIZE.
local number = 0
local sources = {}
for source in os.getenv("SOURCES"):gmatch("[^,]+") do
  sources[#sources + 1] = source
end
local run = os.getenv("RUN")
local size = tonumber(os.getenv("SIZE"))
local head = '{"token":"t","brand_id":"' .. os.getenv("BRAND") .. '","player_id":"player_'
local middle = '","player_country":"MT","source_id":"'
local tail = '","gameround_id":"' .. run .. '-'

wrk.method = "POST"
wrk.path = size and "/jackpots/contribute/batch" or "/jackpots/contribute/source"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.headers["Content-Type"] = "application/json"

local function contribution()
  number = number + 1
  local player = string.format("%05d", (math.floor(number / #sources) * 7919) % 2000)
  local source = sources[number % #sources + 1]
  return head .. player .. middle .. source .. tail .. number .. '","currency":"EUR","base_wager":1}'
end

request = function()
  if not size then
    return wrk.format(nil, nil, nil, contribution())
  end
  local several = {}
  for place = 1, size do
    several[place] = contribution()
  end
  return wrk.format(nil, nil, nil, "[" .. table.concat(several, ",") .. "]")
end
