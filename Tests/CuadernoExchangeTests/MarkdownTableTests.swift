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
    ("www.x.pe", "www\\.x.pe"),
  ])
  func `words stay words`(typed: String, written: String) {
    #expect(MarkdownTable.escaped(typed) == written)
  }

  @Test(arguments: [
    ("1. a", "1\\. a"), ("(1) a", "(1\\) a"), ("a) b", "a\\) b"), ("i. b", "i\\. b"),
    ("1.", "1\\."),
    (": a", "\\: a"), ("\u{202E} - a", "\\- a"), ("\u{202E}     a", "a"),
    ("  \u{202E}===", "\\==="),
    ("1.5 kg", "1.5 kg"), ("año. Fin", "año. Fin"), ("- a", "\\- a"), ("", ""),
  ])
  func `a line of words begins nothing`(typed: String, written: String) {
    #expect(MarkdownTable.line(typed) == written)
  }
}
