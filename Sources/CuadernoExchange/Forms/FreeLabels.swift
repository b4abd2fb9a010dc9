import CuadernoModel
import CuadernoNotebook

/// Labels for new interviews. Two interviews of one label could not be told apart at a prompt.
struct FreeLabels {
  /// The number to be tried next: what an import wrote keeps its label while it runs.
  private var numbers: [String: Int] = [:]

  mutating func free(_ label: String, _ reader: Reader) throws -> String {
    let key = Folding.folded(label)
    var number = numbers[key] ?? 1
    var candidate = label
    repeat {
      candidate = number == 1 ? label : "\(label) (\(number))"
      number += 1
    } while try !reader.ids(named: candidate, .interview).isEmpty
    numbers[key] = number
    return candidate
  }
}
