import CuadernoSimulator
import CuadernoTestSupport
import Foundation

let seed = UInt64(CommandLine.arguments.dropFirst().first ?? "0") ?? 0
let count = UInt64(CommandLine.arguments.dropFirst(2).first ?? "10") ?? 10
let level = Level(rawValue: CommandLine.arguments.dropFirst(3).first ?? "whole") ?? .whole
let clock = ContinuousClock()
let begun = clock.now
var tally = Tally()
for seed in seed..<seed + count {
  let schedule = Schedule(seed: seed)
  let played = await Simulation(level).play(schedule)
  tally.add(played.tally)
  if let broken = played.broken {
    print("seed \(seed): \(broken)")
  }
}
print(clock.now - begun, tally)
