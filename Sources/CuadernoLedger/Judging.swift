import CuadernoLog
package import CuadernoSync

/// Who brings a page, and what members may do by their roles.
package struct Warrant: Sendable {
  /// Whether a member in a role may make a change.
  ///
  /// - Parameters:
  ///   - recordKind: the kind that the change's record has here; nil for a record that is new.
  package typealias Permission =
    @Sendable (
      _ role: String, _ change: Envelope, _ recordKind: UInt32?
    ) -> Bool

  /// Whether a change takes away for good, shows, or puts out of sight as a whole what others wrote.
  ///
  /// Who wrote a change is what the change says, and the tokens prove only who brings it. Other changes that
  /// were brought under another's name leave everything in the history, and the fork that they make is
  /// found; these would not, so they are taken from nobody who may not make them.
  package typealias Guard = @Sendable (_ change: Envelope) -> Bool

  /// How many devices that have not joined a study may have come to when a member in a role brings changes
  /// of one more.
  ///
  /// Who may bring strangers' changes could make strangers up, until the clock is full and nobody else can join.
  package typealias Bound = @Sendable (_ role: String) -> Int

  let bearer: EnrolledDevice
  let permits: Permission
  let guards: Guard
  let strangersMax: Bound
}

/// Decides which changes of a page are void, by the roles of those who wrote them.
///
/// The role is the one that the author's member has when the change first arrives, whoever brings it:
/// what was taken stays taken when the role changes later, and what is void stays void. A device that
/// is not enrolled here, such as one that a notebook took after it was copied, speaks through whoever
/// brings its changes. What they may not vouch for cannot be called void either, since its author may
/// have had every right to it: the page is refused, until somebody comes who may.
struct Judging {
  private let warrant: Warrant
  private let registers: RegisterTable
  private var voids: Voids
  /// The role of each author; nil for one that is not enrolled here.
  private var roles: [DeviceID: String?] = [:]
  private var kinds: [RecordID: UInt32] = [:]
  /// The kinds that the page's records have here; nil until a role asks for one.
  private var heldKinds: [RecordID: UInt32]?
  private(set) var found: Set<Dot> = []
  /// The authors that are not enrolled here.
  private var strangers: [DeviceID] { roles.compactMap { $0.value == nil ? $0.key : nil } }

  init(_ warrant: Warrant, study: Int64, voids: Voids) {
    self.warrant = warrant
    registers = RegisterTable(study: study)
    self.voids = voids
  }

  /// - Parameter bearer: as it is within this transaction: the device may have been revoked, or its member
  ///   given another role, while the page was on its way.
  /// - Throws: `Problem`, when the page holds what cannot be judged; nothing of it may be stored then.
  mutating func judge(
    _ admitted: [AdmittedChange], of bearer: EnrolledDevice, _ db: some SQLTransaction
  ) throws {
    roles[bearer.id] = .some(bearer.role)
    for change in admitted.lazy.map(\.change.envelope) where !voids.contains(change.dot) {
      let author = try role(of: change.dot.device, db)
      var isAllowed = try allows(author ?? bearer.role, change, in: admitted, db)
      let isAnothers = change.dot.device != bearer.id
      if isAllowed, isAnothers, warrant.guards(change) {
        isAllowed = try allows(bearer.role, change, in: admitted, db)
        guard isAllowed || change.action == .void else {
          throw Self.unprovenAuthor(change.dot, role: bearer.role)
        }
      }
      if isAllowed {
        voids.add(change.voided)
        kinds[change.record] = min(kinds[change.record] ?? change.kind, change.kind)
      } else if change.action == .void {
        // Whoever relays a mark says nothing that was not found here too.
        guard change.voided.allSatisfy({ voids.contains($0) || found.contains($0) }) else {
          throw Self.unknownMark
        }
      } else if author != nil {
        found.insert(change.dot)
      } else {
        throw Self.unknownAuthor(change.dot, role: bearer.role)
      }
    }
  }

  private mutating func allows(
    _ role: String, _ change: Envelope, in admitted: [AdmittedChange], _ db: some SQLTransaction
  ) throws -> Bool {
    guard warrant.permits(role, change, nil) else { return false }
    // Where the role does not ask for the record's kind, nobody has to look it up.
    if warrant.permits(role, change, .max) { return true }
    let held =
      try heldKinds
      ?? registers.first("kind", of: admitted.map(\.change.envelope.record), db) {
        UInt32(clamping: try $0.integer(0))
      }
    heldKinds = held
    guard let kind = kinds[change.record] ?? held[change.record] else { return true }
    return warrant.permits(role, change, kind)
  }

  private mutating func role(of device: DeviceID, _ db: some SQLTransaction) throws -> String? {
    if let known = roles[device] { return known }
    let role = try db.first(
      """
      SELECT member.role FROM enrolledDevice AS d JOIN member ON member.number = d.member
      WHERE d.study = ? AND d.id = ?
      """, [.integer(registers.study), .id(device)]
    ) { try $0.text(0) }
    roles[device] = .some(role)
    return role
  }

  /// - Parameter frontier: of the study, before the page.
  /// - Throws: `Problem`, when the page would bring more strangers to the study than its bearer may.
  func refuseTooManyStrangers(
    beyond frontier: VectorClock, of bearer: EnrolledDevice, _ db: some SQLTransaction
  ) throws {
    let new = strangers.count { frontier[$0] == 0 }
    let limit = warrant.strangersMax(bearer.role)
    guard new > 0, frontier.entries.count + new > limit else { return }
    let enrolled = Set(
      try db.all(
        "SELECT id FROM enrolledDevice WHERE study = ?", [.integer(registers.study)]
      ) { row -> DeviceID in try row.id(0) })
    let count = frontier.entries.count { !enrolled.contains($0.device) } + new
    guard count > limit else { return }
    throw Problem(
      .forbidden,
      """
      devices that have not joined here wrote in this page, \(new) of them new, and the study would have \
      \(count) such devices; the role \(bearer.role) brings such changes up to \(limit); nothing of the page \
      was stored and nothing is lost; their owners have to join and sync first, or an owner of the study who \
      has them
      """)
  }

  private static let unknownMark = Problem(
    .forbidden,
    """
    this notebook brings the word of another hub that some changes are void, and this hub does not \
    know of it; nothing of the page was stored and nothing is lost; an owner of the study has to sync \
    first
    """)

  private static func unprovenAuthor(_ dot: Dot, role: String) -> Problem {
    Problem(
      .forbidden,
      """
      change \(dot) erases, deletes the study or says who sees whose codings, and nothing proves who wrote it \
      when the role \(role) brings it; nothing of the page was stored and nothing is lost; an owner of the \
      study has to sync first
      """)
  }

  private static func unknownAuthor(_ dot: Dot, role: String) -> Problem {
    Problem(
      .forbidden,
      """
      change \(dot) was written by a device that has not joined here, and the role \(role) cannot \
      vouch for it; nothing of the page was stored and nothing is lost; its author has to join and \
      sync first, or an owner of the study who has it
      """)
  }
}

extension Problem {
  /// One answer for a token that is missing, unknown or revoked: it tells nobody what there is.
  package static let unknownDevice = Problem(
    .unauthenticated,
    """
    this device is not known here, or was revoked; what it holds is safe on it; ask for a new \
    invite and join again
    """)
}
