import CuadernoSchema
import CuadernoSync
import Testing

/// The messages of `openapi.json` are those of `sync.proto`, and what the decoder takes.
@Suite struct OpenAPIMessageTests {
  private let document: JSONTree
  private let check: SchemaCheck

  init() throws {
    document = try JSONTree(Golden.text("openapi.json").utf8)
    check = SchemaCheck(document: document)
  }

  private func schema(_ message: String) throws -> JSONTree {
    try #require(
      document[path: "#/components/schemas/\(message)"],
      "describe \(message) under components.schemas of Schema/openapi.json")
  }

  /// What a message's JSON may be refused for by the description.
  private func faults(_ value: JSONTree, of message: String) throws -> [String] {
    check.faults(value, try schema(message))
  }

  @Test func `every message and field of sync.proto is described, and no other`() throws {
    for message in try ProtoFile().messages {
      let properties = try schema(message.name)["properties"]?.members ?? [:]
      #expect(
        Set(properties.keys) == Set(message.fields.map(\.jsonName)),
        "the properties of \(message.name) in openapi.json are not its fields in sync.proto")
      for field in message.fields {
        let property = try #require(properties[field.jsonName])
        #expect(
          types(property) == field.jsonTypes, "\(message.name).\(field.jsonName) in openapi.json")
      }
      #expect(try schema(message.name)["additionalProperties"] == .bool(false), "\(message.name)")
    }
  }

  /// The types that a schema lets through, and of a list those of its items; names of messages
  /// stand for themselves.
  private func types(_ schema: JSONTree) -> Set<String> {
    if let reference = schema["$ref"]?.text, let target = document[path: reference] {
      if target["type"]?.text == "object" {
        return [String(reference.split(separator: "/").last ?? "")]
      }
      return types(target)
    }
    for word in ["allOf", "oneOf"] where schema[word] != nil && schema["type"] == nil {
      return (schema[word]?.items ?? []).reduce(into: []) { $0.formUnion(types($1)) }
    }
    if schema["type"]?.text == "array", let items = schema["items"] {
      return Set(types(items).map { "list of \($0)" })
    }
    return schema["type"]?.text.map { [$0] } ?? []
  }

  @Test(arguments: Sample.all)
  func `a golden message is as the description says`(sample: Sample) throws {
    let value = try JSONTree(Golden.message(sample.name, .json))
    #expect(try faults(value, of: sample.message) == [])
  }

  /// Drops each member once and adds one that nobody knows, at every depth.
  @Test(arguments: Sample.all)
  func `what the description refuses the decoder refuses too, and the other way round`(
    sample: Sample
  ) throws {
    let value = try JSONTree(Golden.message(sample.name, .json))
    var refused = 0
    for variant in variants(value) {
      let isDescribed = try faults(variant.value, of: sample.message).isEmpty
      let isDecoded = (try? sample.isDecoded(variant.value.bytes, .json)) != nil
      refused += isDecoded ? 0 : 1
      #expect(isDescribed == isDecoded, "\(variant.name): described \(isDescribed)")
    }
    #expect(refused > 0)
  }

  private func variants(
    _ value: JSONTree, at place: String = ""
  ) -> [(name: String, value: JSONTree)] {
    switch value {
    case .object(let members):
      var variants = [(name: String, value: JSONTree)]()
      variants.append(
        ("more in \(place)", .object(members.merging(["nobody": .integer(1)]) { $1 })))
      for (name, member) in members {
        // Indexes into a table that is not there, and numbers that the hub minds later than the
        // decoder, are beyond a schema.
        if !(place.hasSuffix("age") && name == "devices"), !["version", "sequence"].contains(name) {
          variants.append(("no \(place).\(name)", .object(members.filter { $0.key != name })))
        }
        variants += self.variants(member, at: "\(place).\(name)").map { variant in
          (variant.name, .object(members.merging([name: variant.value]) { $1 }))
        }
      }
      return variants
    case .list(let items):
      return items.indices.flatMap { index in
        variants(items[index], at: "\(place)[\(index)]").map { variant in
          var changed = items
          changed[index] = variant.value
          return (variant.name, .list(changed))
        }
      }
    default: return []
    }
  }

  @Test(arguments: [
    ("Clock/properties/devices/maxItems", WireLimits.clockDevices),
    ("Clock/properties/sequences/maxItems", WireLimits.clockDevices),
    ("Page/properties/devices/maxItems", WireLimits.clockDevices),
    ("Page/properties/heads/maxItems", WireLimits.clockDevices),
    ("Page/properties/changes/maxItems", WireLimits.pageChanges),
    ("Bases/properties/steps/maxItems", WireLimits.pageBases),
    ("PackedPage/properties/bases/maxItems", WireLimits.clockDevices),
    ("Change/properties/device/maximum", WireLimits.clockDevices - 1),
    ("Change/properties/contextDevices/maxItems", WireLimits.clockDevices),
    ("Change/properties/contextSequences/maxItems", WireLimits.clockDevices),
    ("Change/properties/fieldNumbers/maxItems", WireLimits.changeFields),
    ("Change/properties/fieldKeys/maxItems", WireLimits.changeFields),
    ("Change/properties/fieldKeys/items/maxLength", base64Count(WireLimits.keyBytes)),
    ("Change/properties/payload/maxLength", base64Count(WireLimits.payloadBytes)),
    ("Change/properties/about/maxItems", WireLimits.changeAbout),
    ("JoinRequest/properties/secret/maxLength", 1_024),
    ("JoinRequest/properties/deviceName/maxLength", 1_024),
    ("JoinReply/properties/token/maxLength", 1_024),
    ("Problem/properties/message/maxLength", 4_096),
  ])
  func `the description has the limits that the code has`(place: String, limit: Int) throws {
    let described = document[path: "#/components/schemas/\(place)"]?.integer
    #expect(described == Int128(limit), "\(place) in openapi.json")
  }

  @Test func `numbers have the bounds of the code, and salts its length`() throws {
    let sequence = try schema("Sequence")["oneOf"]?.items.last
    #expect(sequence?["maximum"]?.integer == Int128(WireLimits.sequenceMax))
    let stamp = try schema("Stamp")["oneOf"]?.items.last
    #expect(stamp?["maximum"]?.integer == Int128(WireLimits.stampMillisecondsMax) << 16)
    let salt = [UInt8](repeating: 0xff, count: WireLimits.saltBytes)
    #expect(
      check.faults(.text(base64(salt)), try schema("Salt")) == [])
    #expect(check.faults(.text(base64(salt + [1])), try schema("Salt")) != [])
    let tooLarge = try #require(
      document[path: "#/components/responses/TooLarge/description"]?.text)
    let numbers = tooLarge.filter { $0 != "," }.split { !$0.isNumber }.compactMap { Int($0) }
    #expect(
      numbers == WireFormat.allCases.map(\.messageBytes) + [WireLimits.pageChanges])
  }

  @Test func `every example is a golden message`() throws {
    let golden = Dictionary(
      uniqueKeysWithValues: try Sample.all.map { sample in
        (sample.name, try JSONTree(Golden.message(sample.name, .json)))
      })
    var shown = Set<String>()
    func look(_ value: JSONTree) {
      for (name, example) in value["examples"]?.members ?? [:] {
        #expect(example["value"] == golden[name], "example \(name) in openapi.json")
        shown.insert(name)
      }
      value.members.values.forEach(look)
      value.items.forEach(look)
    }
    look(document)
    #expect(shown == Set(golden.keys))
  }
}

private func base64Count(_ bytes: Int) -> Int { (bytes + 2) / 3 * 4 }
