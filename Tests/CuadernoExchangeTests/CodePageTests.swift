import Foundation
import Testing

@testable import CuadernoExchange

@Suite struct CodePageTests {
  /// As Foundation has them, which shares no table with ours. On Linux it takes Mac OS Roman for ISO 8859-1.
  @Test(arguments: [
    (1250, String.Encoding.windowsCP1250), (1251, .windowsCP1251), (1252, .windowsCP1252),
    (1253, .windowsCP1253), (1254, .windowsCP1254),
  ])
  func `a page has the characters that another library has`(
    number: Int, encoding: String.Encoding
  ) throws {
    let page = try #require(CodePage.upperHalf(number))
    try #require(page.count == 128)
    for (index, value) in page.enumerated() where value != 0 {
      let theirs = String(bytes: [UInt8(index + 0x80)], encoding: encoding)
      #expect(theirs?.unicodeScalars.map(\.value) == [UInt32(value)], "byte \(index + 0x80)")
    }
  }

  @Test func `what a page leaves out, and pages that nobody knows, are nothing`() throws {
    #expect(CodePage.upperHalf(932) == nil && CodePage.upperHalf(-1) == nil)
    let baltic = try #require(CodePage.upperHalf(1257))
    #expect(baltic.count == 128 && baltic[0xFE - 0x80] == 0x017E && baltic[0xA1 - 0x80] == 0)
    #expect(CodePage.upperHalf(28_591)?.prefix(32).allSatisfy { $0 == 0 } == true)
    #expect(CodePage.upperHalf(28_605)?[0xA4 - 0x80] == 0x20AC)
  }
}
