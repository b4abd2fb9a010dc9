/// A page of HTML. Whatever is put into it is text, and is escaped; there is no other way in.
struct Page {
  private var body = ""

  mutating func heading(_ level: Int, _ text: String) {
    body += "<h\(level)>\(Self.escaped(text))</h\(level)>\n"
  }

  mutating func paragraph(_ text: String) {
    body += "<p>\(Self.escaped(text))</p>\n"
  }

  mutating func table(_ columns: [String], _ rows: [[String]]) {
    body += "<table>\n<tr>" + columns.map { "<th>\(Self.escaped($0))</th>" }.joined() + "</tr>\n"
    for row in rows {
      // What somebody wrote from right to left stays in its cell.
      body += "<tr>" + row.map { "<td><bdi>\(Self.escaped($0))</bdi></td>" }.joined() + "</tr>\n"
    }
    body += "</table>\n"
  }

  mutating func button(_ text: String, to path: String) {
    body += """
      <form method="post" action="\(Self.escaped(path))"><button>\(Self.escaped(text))</button></form>

      """
  }

  func html(title: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Self.escaped(title))</title>
    <link rel="stylesheet" href="/style.css">
    </head>
    <body>
    \(body)</body>
    </html>

    """
  }

  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default:
        // Controls are no text in HTML, and there are none in what is shown.
        if scalar.value >= 0x20, !(0x7f..<0xa0).contains(scalar.value) {
          escaped.unicodeScalars.append(scalar)
        }
      }
    }
  }

  static let style = """
    body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222;
      background: #fff; }
    h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; padding: 0.3em 0.8em 0.3em 0; border-bottom: 1px solid #ddd;
      vertical-align: top; }
    th { font-weight: 600; }
    button { font: inherit; margin-top: 2em; }
    @media (prefers-color-scheme: dark) {
      body { color: #ddd; background: #1a1a1a; } th, td { border-color: #444; }
    }

    """
}
