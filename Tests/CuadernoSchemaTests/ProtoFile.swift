import Foundation

/// The messages of `sync.proto` with their fields, read from the text: what others read too.
struct ProtoFile {
  struct Field {
    let name: String
    let type: String
    let isRepeated: Bool

    /// Protobuf's JSON mapping.
    var jsonName: String {
      let words = name.split(separator: "_")
      return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.capitalized }
    }

    var jsonTypes: Set<String> {
      let single: Set<String> =
        switch type {
        case "bytes", "string", "int64": ["string"]
        case "uint32": ["integer"]
        // Text in answers, and a number is taken.
        case "uint64", "fixed64": ["string", "integer"]
        case "bool": ["boolean"]
        default: [type]
        }
      return isRepeated ? Set(single.map { "list of \($0)" }) : single
    }
  }

  private(set) var messages: [(name: String, fields: [Field])] = []

  init() throws {
    for line in try Golden.text("sync.proto").split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == ";" }.map(String.init)
      if words.first == "message", words.count > 1 {
        messages.append((words[1], []))
      } else if let equals = words.firstIndex(of: "="), equals >= 2, !messages.isEmpty,
        words[0] != "//"
      {
        messages[messages.count - 1].fields.append(
          Field(
            name: words[equals - 1], type: words[equals - 2], isRepeated: words[0] == "repeated"))
      }
    }
  }
}

func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
