-- Contributions, each with a gameround of its own, from 2,000 players. Environment: TOKEN, BRAND, SOURCE, RUN.
local number = 0
local run = os.getenv("RUN")
local head = '{"token":"t","brand_id":"' .. os.getenv("BRAND") .. '","player_id":"player_'
local middle = '","player_country":"MT","source_id":"' .. os.getenv("SOURCE") .. '","gameround_id":"' .. run .. '-'

wrk.method = "POST"
wrk.path = "/jackpots/contribute/source"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.headers["Content-Type"] = "application/json"

request = function()
  number = number + 1
  local player = string.format("%05d", (number * 7919) % 2000)
  return wrk.format(nil, nil, nil, head .. player .. middle .. number .. '","currency":"EUR","base_wager":1}')
end
