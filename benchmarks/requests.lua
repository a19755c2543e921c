-- Sends the requests of a file in turn, each written as its length in 8 hexadecimal digits and its bytes; prints one
-- line of JSON at the end. Times are in microseconds.
local requests, number = {}, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local length = file:read(8)
  while length do
    requests[#requests + 1] = file:read(tonumber(length, 16))
    length = file:read(8)
  end
  file:close()
end

function request()
  number = number % #requests + 1
  return requests[number]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests": %d, "duration": %d, "failed": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
