-- Counts a request against each quota, or against none when one is used up: the generic cell rate algorithm.
-- KEYS are the quotas' keys. ARGV[1] is the window, ARGV[1 + i] the spacing of quota i, in microseconds. What is stored of
-- a key is when all of its quota will be there again, in microseconds by the clock of this server: one clock for all who
-- ask. The answer is, for each quota, how far away that was before this request.
local clock = redis.call('TIME')
local now, window, granted, debts = clock[1] * 1000000 + clock[2], tonumber(ARGV[1]), true, {}
for i, key in ipairs(KEYS) do
  local debt = math.max((tonumber(redis.call('GET', key)) or now) - now, 0)
  -- A time that is too far away is of a clock that was set back: it counts for nothing, so that nobody is held up until then.
  if debt > 2 * window then debt = 0 end
  debt = math.min(debt, window)
  debts[i] = debt
  granted = granted and debt + ARGV[1 + i] <= window
end
if granted then
  for i, key in ipairs(KEYS) do
    local debt = debts[i] + ARGV[1 + i]
    redis.call('SET', key, string.format('%.0f', now + debt), 'PX', math.ceil(debt / 1000))
  end
end
return debts
