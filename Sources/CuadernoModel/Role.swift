/// What a member may do in a study.
package enum Role: String, CaseIterable, Sendable {
  /// Everything, including erasing and inviting.
  case owner

  /// Writes every kind of record.
  case researcher

  /// Codes and writes notes; does not edit interviews.
  case coder

  case reader
}

/// What a change does, as far as a role's permission depends on it: everything here stands in the
/// change's envelope, so that a hub can tell without reading a payload.
package struct Deed: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    /// Writes fields of a record, or deletes it.
    case edit
    /// Removes what a record holds for good.
    case erase
    /// Says whose a device is, on behalf of that device.
    case introduce
    /// Calls changes of others void.
    case void
    /// Says who sees whose codings.
    case open
    /// Deletes the study's own record, which no command does.
    case deleteStudy
    /// Does what only a newer version knows, and what has no effect until everybody has that version.
    case newer

    /// - Parameters:
    ///   - number: as envelopes have it.
    ///   - introduces: whether the change sets the study's member of its own device, and nothing else.
    ///   - opens: whether the change sets ``Field/Study/codingsOpenTo``, whatever else.
    ///   - isOnStudy: whether it is a change of the study's own record.
    package init(number: UInt8, introduces: Bool, opens: Bool, isOnStudy: Bool) {
      switch number {
      case 0: self = opens ? .open : introduces ? .introduce : .edit
      case 1: self = isOnStudy ? .deleteStudy : .edit
      case 2: self = .erase
      case 3: self = .void
      default: self = .newer
      }
    }
  }

  package var action: Action

  /// The numbers of the kinds that the change may be an edit of: the one that it names, and the one that
  /// the record has, which are the same unless somebody cheats.
  package var kinds: [UInt32]

  package init(_ action: Action, kinds: [UInt32]) {
    self.action = action
    self.kinds = kinds
  }
}

extension Role {
  /// Whether somebody in this role may do it. What is not named here is refused.
  package func allows(_ deed: Deed) -> Bool {
    switch (self, deed.action) {
    case (.owner, _): true
    case (_, .introduce): true
    case (.researcher, .edit), (.researcher, .newer): true
    case (.coder, .edit):
      deed.kinds.allSatisfy { $0 == Kind.note.rawValue || $0 == Kind.coding.rawValue }
    case (.reader, .edit), (_, .erase), (_, .void), (_, .open), (_, .deleteStudy), (_, .newer):
      false
    }
  }

  /// What somebody in this role does not do, to be said after "the role coder".
  package var restriction: String? {
    switch self {
    case .owner: nil
    case .researcher: "does not erase, nor delete the study, nor say who sees whose codings"
    case .coder: "codes and writes notes, and does not edit anything else"
    case .reader: "reads, and does not write"
    }
  }
}
