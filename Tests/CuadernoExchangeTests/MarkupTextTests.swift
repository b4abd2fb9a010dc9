import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct MarkupTextTests {
  @Test(arguments: [
    ("<p>uno</p><p>dos</p>", "uno\n\ndos"),
    ("<p>uno\n  dos\t tres </p>\n<p> cuatro</p>", "uno dos tres\n\ncuatro"),
    ("uno<br>dos<br/><br />tres", "uno\ndos\n\ntres"),
    ("<h1>T</h1><div>a</div><div>b</div>", "T\n\na\nb"),
    ("<ul><li>uno</li><li><p>dos</p></li></ul><p>x</p>", "- uno\n- dos\n\nx"),
    ("<ol start=\"3\"><li>c<li>d</ol>", "3. c\n4. d"),
    ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
    (
      "<table><tr><th>a</th><th>b</th></tr> <tr><td><p>c</p></td> <td></td><td>d</td></tr></table>z",
      "a\tb\nc\t\td\n\nz"
    ),
    ("<table><tr><td></td><td>b</td></tr><tr><td></td><td>c</td></tr></table>", "\tb\n\tc"),
    ("<pre>\n a\n  b</pre>", " a\n  b"),
    (
      "a &amp; b &lt;c&gt; &ntilde; &#241; &#xF1; &#150; &nada; & &amp",
      "a & b <c> ñ ñ ñ – &nada; & &amp"
    ),
    ("a < b, 2 <3 <!-- no --> c<!DOCTYPE x>", "a < b, 2 <3 c"),
    ("<script>if (a<b) x</script><style>p</style>y", "y"),
    ("a&#0;&#55296;&#99999999;b", "a\u{FFFD}\u{FFFD}\u{FFFD}b"),
    ("<p class='x' title='a>b'>uno", "uno"),
    ("cortado <p", "cortado"),
    ("a<span class=\"deletion\">no</span><span class=\"insertion\">sí</span>", "así"),
    ("R<a class=\"footnote-ref\"><sup>1</sup></a>", "R[1]"),
    ("a&nbsp;b\u{A0}c", "a\u{A0}b\u{A0}c"),
    ("", ""),
  ])
  func `markup is laid out as a text to read`(html: String, text: String) {
    #expect(MarkupText(html).text == text)
  }

  @Test func `a comment is a remark with the words that it is about`() {
    let html = """
      <p>Antes <span class="comment-start" id="0" data-author="Ana &amp; Luis" \
      data-date="2017-05-12T09:30:00Z">¿seguro?</span>no vino nadie<span class="comment-end" \
      id="0"></span> más.</p>
      """

    let markup = MarkupText(html)

    #expect(markup.text == "Antes no vino nadie más.")
    #expect(markup.comments.map(\.text) == ["¿seguro?"])
    #expect(markup.comments.first?.author == "Ana & Luis")
    #expect(markup.comments.first?.span == 6..<19)
  }

  @Test func `every range of whole characters is found, and holds its characters`() {
    for seed in Seeds.upTo(200) {
      var generator = SplitMix64(seed: seed)
      let pieces = [
        "<p>", "</p>", "<b>", "</b>", "<br>", " ", "\n", "\r\n", "ñ", "a", "👩", "&amp;", "e\u{301}",
        "<table><tr><td>", "</td><td>", "</table>", "<pre>", "</pre>", "<", "&", "<li>", "</ul>",
      ]
      let html = (0..<40).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      let markup = MarkupText(html)
      let scalars = Array(markup.text.unicodeScalars)
      guard markup.byteCount > 0 else { continue }
      for _ in 0..<20 {
        let start = Int.random(in: -1..<markup.byteCount, using: &generator)
        let end = Int.random(in: start...markup.byteCount + 1, using: &generator)
        switch markup.placing(ofBytes: start, end) {
        case .found(let range, _):
          #expect(
            range.lowerBound >= 0 && range.upperBound <= scalars.count && !range.isEmpty,
            "\(Seeds.replay(seed))")
          #expect(!scalars[range.lowerBound].properties.isWhitespace || html.contains("<pre>"))
        case .outside:
          #expect(start < 0 || end > markup.byteCount || start == end, "\(Seeds.replay(seed))")
        case .nothingShown: continue
        }
      }
    }
  }

  @Test func `markup without end is read in its time`() {
    let deep = String(repeating: "<div><ul><li>", count: 30_000) + "x"
    let open = String(repeating: "<", count: 200_000) + String(repeating: "&#1", count: 100_000)

    #expect(MarkupText(deep).text.hasSuffix("x"))
    #expect(MarkupText(open).text.hasPrefix("<<<"))
  }
  @Test func `a picture inside the text, and a script without end, are read in their time`() {
    let picture = #"a<img src="data:image/png;base64,"# + String(repeating: "A", count: 1_000_000)
    let script = "<script>" + String(repeating: "<a", count: 100_000)
    let closing = "<script>" + String(repeating: "</a", count: 100_000) + "</SCRIPT >b"

    #expect(MarkupText(picture + #"">b"#).text == "ab")
    #expect(MarkupText(script).text.isEmpty)
    #expect(MarkupText(closing).text == "b")
  }
}
