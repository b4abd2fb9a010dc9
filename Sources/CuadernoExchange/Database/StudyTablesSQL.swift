/// The tables of a study as R, Python and others read them.
///
/// Not STRICT, which SQLite before 3.37 cannot open, and many programs bring an older one along. Keys are
/// checked when all is written.
enum StudyTablesSQL {
  /// What marks the file: "Cuat" (sqlite.org/fileformat2.html#application_id).
  static let applicationID = 0x4375_6174
  static let version = 1

  static let tables = """
    CREATE TABLE study (
      id TEXT PRIMARY KEY, title TEXT, description TEXT, written TEXT NOT NULL);
    CREATE TABLE periods (
      name TEXT PRIMARY KEY, "from" TEXT, "to" TEXT, first_day TEXT, last_day TEXT, description TEXT);
    CREATE TABLE places (
      id TEXT PRIMARY KEY, name TEXT, path TEXT NOT NULL, kind TEXT,
      parent TEXT REFERENCES places (id), code TEXT, latitude REAL, longitude REAL, accuracy REAL,
      region TEXT, province TEXT, district TEXT);
    CREATE TABLE place_names (
      place TEXT NOT NULL REFERENCES places (id), name TEXT NOT NULL);
    CREATE TABLE places_within (
      place TEXT NOT NULL REFERENCES places (id), within TEXT NOT NULL REFERENCES places (id),
      PRIMARY KEY (place, within));
    CREATE TABLE participants (id TEXT PRIMARY KEY, pseudonym TEXT, role TEXT);
    CREATE TABLE themes (
      id TEXT PRIMARY KEY, name TEXT, path TEXT NOT NULL, level INTEGER NOT NULL,
      parent TEXT REFERENCES themes (id), definition TEXT, colour TEXT, position INTEGER NOT NULL);
    CREATE TABLE theme_ancestors (
      theme TEXT NOT NULL REFERENCES themes (id), ancestor TEXT NOT NULL REFERENCES themes (id),
      PRIMARY KEY (theme, ancestor));
    CREATE TABLE interviews (
      id TEXT PRIMARY KEY, label TEXT, title TEXT, kind TEXT, date TEXT, first_day TEXT,
      last_day TEXT, year INTEGER, place TEXT REFERENCES places (id), consent TEXT,
      consent_form TEXT, consent_date TEXT, embargo TEXT, summary TEXT, source TEXT, text TEXT);
    CREATE TABLE interview_participants (
      interview TEXT NOT NULL REFERENCES interviews (id),
      participant TEXT NOT NULL REFERENCES participants (id),
      PRIMARY KEY (interview, participant));
    CREATE TABLE interview_interviewers (
      interview TEXT NOT NULL REFERENCES interviews (id), name TEXT NOT NULL);
    CREATE TABLE interview_languages (
      interview TEXT NOT NULL REFERENCES interviews (id), language TEXT NOT NULL);
    CREATE TABLE notes (
      id TEXT PRIMARY KEY, about_kind TEXT, about TEXT, interview TEXT REFERENCES interviews (id),
      at TEXT, first_day TEXT, last_day TEXT, text TEXT);
    CREATE TABLE codings (
      id TEXT PRIMARY KEY, interview TEXT REFERENCES interviews (id),
      note TEXT REFERENCES notes (id), theme TEXT REFERENCES themes (id), coder TEXT,
      "start" INTEGER, "end" INTEGER, quote TEXT NOT NULL, status TEXT NOT NULL, memo TEXT);
    CREATE TABLE attribute_definitions (
      record_kind TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, description TEXT,
      choices TEXT, PRIMARY KEY (record_kind, name));
    CREATE TABLE attributes (
      record_kind TEXT NOT NULL, record TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
      number REAL, PRIMARY KEY (record, name)) WITHOUT ROWID;
    """

  /// Made after the rows, which is faster, and for what the views join by.
  static let indexes = """
    CREATE INDEX codings_by_interview ON codings (interview);
    CREATE INDEX codings_by_theme ON codings (theme);
    CREATE INDEX interviews_by_place ON interviews (place);
    CREATE INDEX theme_ancestors_by_ancestor ON theme_ancestors (ancestor);
    """

  static let views = """
    CREATE VIEW coding_facts AS
      SELECT codings.id AS coding, interviews.label AS interview, interviews.title, interviews.kind,
        coalesce(notes.at, interviews.date) AS date, interviews.year, places.path AS place,
        places.region, places.province, places.district, themes.path AS theme, codings.coder,
        codings.quote, codings."start", codings."end", codings.status, codings.memo,
        interviews.consent
      FROM codings
        LEFT JOIN notes ON notes.id = codings.note
        LEFT JOIN interviews ON interviews.id = codings.interview
        LEFT JOIN places ON places.id = interviews.place
        LEFT JOIN themes ON themes.id = codings.theme;
    CREATE VIEW theme_counts AS
      SELECT themes.id AS theme, themes.path,
        (SELECT count(*) FROM codings WHERE codings.theme = themes.id) AS codings,
        (SELECT count(*) FROM theme_ancestors JOIN codings ON codings.theme = theme_ancestors.theme
          WHERE theme_ancestors.ancestor = themes.id) AS codings_with_below,
        (SELECT count(DISTINCT coalesce(codings.note, codings.interview))
          FROM theme_ancestors JOIN codings ON codings.theme = theme_ancestors.theme
          WHERE theme_ancestors.ancestor = themes.id) AS texts_with_below
      FROM themes ORDER BY themes.position;
    CREATE VIEW theme_by_interview AS
      SELECT themes.path AS theme, interviews.label AS interview, codings.interview AS interview_id,
        count(*) AS codings
      FROM codings JOIN themes ON themes.id = codings.theme
        JOIN interviews ON interviews.id = codings.interview
      GROUP BY codings.theme, codings.interview;
    CREATE VIEW theme_by_participant AS
      SELECT themes.path AS theme, participants.pseudonym AS participant,
        participants.id AS participant_id, count(*) AS codings
      FROM codings JOIN themes ON themes.id = codings.theme
        JOIN interview_participants ON interview_participants.interview = codings.interview
        JOIN participants ON participants.id = interview_participants.participant
      GROUP BY codings.theme, participants.id;
    CREATE VIEW theme_by_place AS
      SELECT themes.path AS theme, places.path AS place, places.id AS place_id, count(*) AS codings
      FROM codings JOIN themes ON themes.id = codings.theme
        JOIN interviews ON interviews.id = codings.interview
        JOIN places ON places.id = interviews.place
      GROUP BY codings.theme, places.id;
    CREATE VIEW theme_by_role AS
      SELECT themes.path AS theme, roles.role, count(*) AS codings
      FROM codings JOIN themes ON themes.id = codings.theme
        JOIN (SELECT DISTINCT interview, role FROM interview_participants
            JOIN participants ON participants.id = participant WHERE role IS NOT NULL) AS roles
          ON roles.interview = codings.interview
      GROUP BY codings.theme, roles.role;
    CREATE VIEW interview_periods AS
      SELECT interviews.id AS interview, periods.name AS period
      FROM interviews JOIN periods
        ON interviews.first_day >= coalesce(periods.first_day, '0000-01-01')
        AND interviews.last_day <= coalesce(periods.last_day, '9999-12-31');
    CREATE VIEW theme_by_period AS
      SELECT themes.path AS theme, periods.name AS period, count(*) AS codings
      FROM codings JOIN themes ON themes.id = codings.theme
        LEFT JOIN notes ON notes.id = codings.note
        LEFT JOIN interviews ON interviews.id = codings.interview
        JOIN periods
          ON coalesce(notes.first_day, interviews.first_day)
            >= coalesce(periods.first_day, '0000-01-01')
          AND coalesce(notes.last_day, interviews.last_day)
            <= coalesce(periods.last_day, '9999-12-31')
      GROUP BY codings.theme, periods.name;
    """
}
