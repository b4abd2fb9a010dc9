import CuadernoSimulator
import CuadernoTestSupport
import Testing

@Suite struct ConvergenceTests {
  @Test(arguments: Seeds.upTo(5))
  func `a world keeps all promises`(seed: UInt64) async throws {
    let played = await Simulation(.whole).play(Schedule(seed: seed))
    #expect(played.broken == nil, "\(Seeds.replay(seed)): \(played.broken?.description ?? "")")
  }
}
