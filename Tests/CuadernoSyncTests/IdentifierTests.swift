import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct IdentifierTests {
  @Test func `an identifier is read back from its digits and its bytes`() throws {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<200 {
      let id = RecordID(using: &generator)

      #expect(RecordID(id.description) == id)
      #expect(RecordID(bytes: id.bytes) == id)
      #expect(id.description.utf8.count == 32)
    }
  }

  @Test func `the usual spelling of a UUID is read, in either case`() {
    let id = RecordID("123e4567-E89B-12d3-a456-426614174000")

    #expect(id?.description == "123e4567e89b12d3a456426614174000")
  }

  @Test(arguments: [
    "", "12", "123e4567e89b12d3a45642661417400", "123e4567e89b12d3a4564266141740000",
    "123e4567e89b12d3a45642661417400g", "１23e4567e89b12d3a45642661417400", "------",
  ])
  func `anything else is no identifier`(text: String) {
    #expect(RecordID(text) == nil)
  }

  @Test func `the order of identifiers is the order of their bytes`() {
    var generator = SplitMix64(seed: 2)
    for _ in 0..<200 {
      let a = DeviceID(using: &generator)
      let b = DeviceID(using: &generator)
      #expect((a < b) == a.bytes.lexicographicallyPrecedes(b.bytes))
    }
  }

  @Test func `only sixteen bytes make an identifier`() {
    #expect(DeviceID(bytes: [UInt8](repeating: 1, count: 15)) == nil)
    #expect(DeviceID(bytes: [UInt8](repeating: 1, count: 17)) == nil)
  }
}
