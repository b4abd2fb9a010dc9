import Testing

@testable import CuadernoExchange

@Suite struct MarkdownTableTests {
  @Test func `a table has a row of dashes, and paragraphs of a cell are apart`() {
    let text = MarkdownTable.text(
      headings: ["periodo", "citas"], rows: [[["antes"], ["«uno»", "«dos»"]], [["después"], []]])
    #expect(
      text == """
        | periodo | citas |
        | --- | --- |
        | antes | «uno»<br><br>«dos» |
        | después |  |

        """)
  }

  @Test(arguments: [
    ("a|b", "a\\|b"), ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
    ("[x](javascript:y)", "\\[x\\](javascript:y)"), ("**no**", "\\*\\*no\\*\\*"),
    ("uno\ndos", "uno dos"), ("&lt;", "&amp;lt;"), ("a\\|b", "a\\\\\\|b"),
    ("https://x.pe", "https\\://x.pe"), ("\u{1B}[2J", " \\[2J"),
  ])
  func `words stay words`(typed: String, written: String) {
    #expect(MarkdownTable.escaped(typed) == written)
  }
}
