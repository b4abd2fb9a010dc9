import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct MarkdownReportTests {
  private func report(_ word: String) -> StudyReport {
    var report = StudyReport.made(of: word)
    report.themes.append(
      .init(
        name: "Abajo", depth: 1, definition: nil, codings: 3, codingsBelow: 3, texts: 1, quotes: [],
        unquoted: 0))
    report.pairsInAll = 7
    return report
  }

  private func written(_ report: StudyReport) throws -> String {
    var bytes = [UInt8]()
    try MarkdownReport.write(report) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `a report has its parts`() throws {
    #expect(
      try written(report("Miedo")) == """
        # Miedo

        2 textos, 5 codificaciones, 1 codificador.

        Miedo

        ## Libro de códigos

        | Tema | codificaciones | con los de abajo | textos | del texto |
        | --- | --- | --- | --- | --- |
        | Miedo | 2 | 5 | 2 | 12,5 % |
        | \u{2003}Abajo | 3 | 3 | 1 |  |

        ## Comparación de temas: Miedo

        | Tema | Miedo | – | todo |
        | --- | --- | --- | --- |
        | Miedo | 2 | 0 | 2 |

        ## Temas en los mismos pasajes

        Los 1 más frecuentes de 7 pares de temas.

        | Tema | Con | Veces |
        | --- | --- | --- |
        | Miedo | \u{FFFD} | 2 |

        ## En el tiempo

        | Año | textos | codificaciones |
        | --- | --- | --- |
        | 1996 | 1 | 2 |
        | 2017 | 1 | 3 |

        ## Lugares

        | Lugar | codificaciones |
        | --- | --- |
        | Miedo | 3 |
        | Juanjuí | 2 |

        También con codificaciones, sin posición: Miedo.

        ## Citas

        ### Miedo

        > Miedo
        >
        > — Miedo

        3 pasajes más se cuentan y no se citan aquí.


        """)
  }

  @Test func `the lines of a quote stay lines, and none of them begins a list, a heading or code`()
    throws
  {
    var report = report("x")
    report.themes[0].quotes[0].words = "    uno\n1. dos\n\n===\n> tres\n12) cuatro\n- cinco\n+ seis"
    #expect(
      try written(report).contains(
        "> uno\\\n> 1\\. dos\n>\n> \\===\\\n> \\> tres\\\n> 12\\) cuatro\\\n> \\- cinco\\\n> \\+ seis\n>\n> — x\n"
      ))
  }

  /// Whatever people wrote, the page has the lines that it has for a harmless word.
  @Test(arguments: [
    "# Título", "<script>alert(1)</script>", "a\n\n# b", "| a | b |", "```", "- x", "***",
    "![x](https://x.pe/y.png)", "\u{202E}txet", "Ñ\u{0}Ñ", "1. uno", "===", "[x]: y",
  ])
  func `hostile words stay words`(word: String) throws {
    var (hostile, plain) = (report(word), report("x"))
    // A quote may have several lines, which are looked at above.
    for index in hostile.themes.indices where !hostile.themes[index].quotes.isEmpty {
      (hostile.themes[index].quotes[0].words, plain.themes[index].quotes[0].words) = ("x", "x")
    }
    func shape(_ page: String) -> [String] {
      page.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        String(line.prefix { "#>|".contains($0) })
      }
    }
    let page = try written(hostile)
    #expect(shape(page) == shape(try written(plain)))
    #expect(
      !page.replacing("\\<", with: "").contains("<") && !page.contains("\u{202E}")
        && !page.contains("\u{0}"))
  }
}
