import Testing

@testable import CuadernoClient

/// Rows that are printed as they are read look like those that are held.
@Suite struct ListingTests {
  private let columns = [
    Table.Column("id", isForPrograms: true), Table.Column("name"), Table.Column("count"),
    Table.Column("what"),
  ]

  private func row(_ number: Int) -> [JSON] {
    let name = String(repeating: "ñ", count: number % 9)
    return [.integer(number), .string(name), .integer(number * number), .string("qué \(number)")]
  }

  private func printed(_ listing: Listing, asJSON: Bool = false) throws -> (
    text: String, longest: Int
  ) {
    var text = ""
    var longest = 0
    try listing.print(asJSON: asJSON) { piece in
      text += piece
      longest = max(longest, piece.utf8.count)
    }
    return (text, longest)
  }

  @Test(arguments: [1, 2, 100, Listing.rowsHeldMax, Listing.rowsHeldMax + 1, 12_000])
  func `rows are printed as a table prints them, for people and for programs`(count: Int) throws {
    let rows = (0..<count).map(row)
    var readings = 0
    let listing = Listing(columns, whenEmpty: "None.") { add in
      readings += 1
      for number in 0..<count { try add(row(number)) }
    }
    let table = Table(columns, rows: rows, whenEmpty: "None.")

    let text = try printed(listing)
    #expect(text.text == table.text)
    #expect(readings == (count > Listing.rowsHeldMax ? 2 : 1))
    #expect(text.longest < 80_000)
    #expect(try printed(listing, asJSON: true).text == table.json.description + "\n")
  }

  @Test func `where there is no row people are told so, and programs get none`() throws {
    let listing = Listing(columns, whenEmpty: "None.") { _ in }

    #expect(try printed(listing).text == "None.\n")
    #expect(try printed(listing, asJSON: true).text == "[]\n")
  }
}
