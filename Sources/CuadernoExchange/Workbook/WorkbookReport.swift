/// What a workbook came to.
package struct WorkbookReport: Hashable, Sendable {
  /// Texts longer than a cell takes, which stand whole on a sheet of their own.
  package var longTexts = 0
  /// Sheets that were begun since one was full.
  package var furtherSheets = 0
  /// Dates that are no days of Excel's calendar.
  package var datesAsText = 0
  package var rows: [String: Int] = [:]
  package var consents = ConsentCounts()
}
