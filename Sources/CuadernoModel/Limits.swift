/// What a person may write, at the most; each limit with its reason.
///
/// The limits of messages and clocks are in CuadernoSync's `WireLimits`.
package enum Limits {
  /// A text, in bytes of UTF-8: an interview of about ninety hours, and still quick to compare.
  package static let textBytes = 4 << 20

  /// A name, title or other line, in bytes of UTF-8: what a table can show and an index can hold.
  package static let lineBytes = 1_000

  /// The entries of a list field, such as the languages of an interview.
  package static let listEntries = 200

  /// Changes in a study; past it, opening a rebuilt view would take more than minutes.
  package static let studyChanges: UInt64 = 10_000_000

  /// How deep places and themes may nest: a path stays readable, and a reader needs no guard.
  package static let treeDepth = 64
}
