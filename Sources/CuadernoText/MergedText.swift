/// Concurrent writes of one text, shown as one.
///
/// The text holds the words of every write and no markers: it can be read, searched and saved as it
/// stands. Nothing is in it that nobody wrote, but for a space or a line end where words of two
/// writes would run together. What a person should decide lies beside it, in `conflicts`.
package struct MergedText: Hashable, Sendable {
  package let text: ScalarText

  /// The places where writes changed the same words differently, in order and apart.
  package let conflicts: [TextConflict]
}

/// A place where concurrent writes say different things, all of them kept.
package struct TextConflict: Sendable {
  /// What some of the writes say there.
  package struct Alternative: Sendable {
    /// Where it stands in the merged text; empty for writes that deleted the words.
    package let span: Range<Int>
    package let text: String

    /// The writes that say this, by their places in the list that was merged.
    package let writes: [Int]
  }

  /// Where all the alternatives stand, one after another.
  package let span: Range<Int>

  /// What stood there before; empty when all the writes inserted.
  package let base: String

  /// In the order of the first write of each. Writes that left the words alone have none.
  package let alternatives: [Alternative]
}

extension TextConflict: Hashable {
  package static func == (left: TextConflict, right: TextConflict) -> Bool {
    left.span == right.span && left.base.hasSameBytes(as: right.base)
      && left.alternatives == right.alternatives
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(span)
    hasher.combine(alternatives)
  }
}

extension TextConflict.Alternative: Hashable {
  package static func == (left: Self, right: Self) -> Bool {
    left.span == right.span && left.writes == right.writes
      && left.text.hasSameBytes(as: right.text)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(span)
    hasher.combine(writes)
  }
}
