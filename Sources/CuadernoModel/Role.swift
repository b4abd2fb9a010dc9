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
