import CuadernoSync
import CuadernoTestSupport
import Testing

/// Random worlds: devices write and delete with the contexts they know, and exchange changes in
/// random orders, some of them twice.
@Suite struct MergeLawTests {
  @Test func `every store of every world obeys the law at every moment`() throws {
    for seed in Seeds.upTo(400) {
      var world = World(seed: seed)
      for step in 0..<world.length {
        let touched = try world.step()
        if let fault = world.replicas[touched].fault {
          Issue.record("\(Seeds.replay(seed)), step \(step): \(fault)")
          break
        }
      }
    }
  }

  @Test func `stores that hold the same changes hold the same registers`() throws {
    for seed in Seeds.upTo(800) {
      var world = World(seed: seed)
      for _ in 0..<world.length { _ = try world.step() }
      world.exchangeEverything()

      let first = world.replicas[0]
      for replica in world.replicas.dropFirst() where replica.states != first.states {
        Issue.record("\(Seeds.replay(seed)): device \(replica.device) differs")
      }
      for replica in world.replicas where replica.registersDigest != first.registersDigest {
        Issue.record("\(Seeds.replay(seed)): device \(replica.device) has another digest")
      }
    }
  }

  @Test func `a store that gets everything at once in another order comes to the same`() throws {
    for seed in Seeds.upTo(400) {
      var world = World(seed: seed)
      for _ in 0..<world.length { _ = try world.step() }
      world.exchangeEverything()

      let late = world.delivered(world.replicas[0].held, to: Replica(device: 99))

      if late.states != world.replicas[0].states { Issue.record("\(Seeds.replay(seed))") }
    }
  }

  @Test func `a deleted record lives again by a change that its deleter had not seen`() throws {
    let record = RecordID(rawValue: 1)
    var ana = Replica(device: 1)
    var luis = Replica(device: 2)
    try ana.write(record, [FieldID(1)], milliseconds: 1)
    luis.receive(ana.held[0])

    try luis.delete(record, milliseconds: 2)
    try ana.write(record, [FieldID(2)], milliseconds: 1)
    let deleted = luis.states[record]?.isAlive
    luis.receive(ana.held[1])
    ana.receive(luis.held[1])

    #expect(deleted == false)
    #expect(luis.states == ana.states)
    #expect(ana.states[record]?.isAlive == true)
    // It lives with all its fields, those that the deleter had seen too.
    #expect(ana.states[record]?.fields == [FieldID(1), FieldID(2)])
  }

  @Test func `a change after the delete by one who knew of it makes the record live`() throws {
    let record = RecordID(rawValue: 1)
    var ana = Replica(device: 1)
    try ana.write(record, [FieldID(1)], milliseconds: 1)
    try ana.delete(record, milliseconds: 2)
    let deleted = ana.states[record]?.isAlive

    try ana.write(record, [FieldID(1)], milliseconds: 3)

    #expect(deleted == false)
    #expect(ana.states[record]?.isAlive == true)
  }

  @Test func `deleting says nothing about other records`() throws {
    var ana = Replica(device: 1)
    try ana.write(RecordID(rawValue: 1), [FieldID(1)], milliseconds: 1)
    try ana.write(RecordID(rawValue: 2), [FieldID(1)], milliseconds: 1)

    try ana.delete(RecordID(rawValue: 1), milliseconds: 1)

    #expect(ana.states[RecordID(rawValue: 2)]?.isAlive == true)
  }
}
