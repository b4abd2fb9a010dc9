/// Where a quoted span is in a text that may have changed since.
///
/// Ranges count scalars of that text. Nothing is claimed that was not checked: at a `moved` range
/// the text equals the quote byte for byte.
package enum Placement: Hashable, Sendable {
  /// The quote stands here, whole; also when it has not moved at all.
  case moved(Range<Int>)

  /// What has become of the quote stands here: it was edited inside, and both ends are known.
  case changed(Range<Int>)

  /// The quote was removed, and its words were put nowhere else.
  case gone

  /// A person has to look; the candidates, if any, are the places to look at, the likeliest first.
  case uncertain([Range<Int>])

  /// The most candidates listed: more are no help to a person who has to choose.
  package static let candidatesMax = 16
}
