/// What a database answers to a question, which may be on its way still.
///
/// Questions that do not depend on each other are asked first and their answers read afterwards, so that a
/// database at the other end of a line is waited for once and not once for each.
package struct Answer<Value> {
  private let read: () throws -> Value

  /// - Parameter read: waits until it is there.
  package init(_ read: @escaping () throws -> Value) {
    self.read = read
  }

  /// An answer that is there already.
  package init(_ value: Value) {
    read = { value }
  }

  package func value() throws -> Value { try read() }

  package func map<Other>(_ transform: @escaping (Value) throws -> Other) -> Answer<Other> {
    Answer<Other> { [read] in try transform(try read()) }
  }
}
