// What a file of JSON costs that is written with Foundation alone: the value, read before the clock starts,
// is written again. Prints seconds of wall and CPU time.
//
//   swiftc -O json_floor.swift -o json_floor && ./json_floor IN.json OUT.json
import Foundation

func seconds(_ clock: clockid_t) -> Double {
  var now = timespec()
  clock_gettime(clock, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

let input = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let value = try JSONSerialization.jsonObject(with: input)
let (wall, cpu) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
let output = try JSONSerialization.data(withJSONObject: value, options: [.withoutEscapingSlashes])
try output.write(to: URL(fileURLWithPath: CommandLine.arguments[2]))
print(
  String(
    format: "%.4f s wall, %.4f s CPU, %d bytes", seconds(CLOCK_MONOTONIC) - wall,
    seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, output.count))
