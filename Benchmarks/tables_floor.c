// What a database of tables costs that SQLite writes by itself: the rows of one, read before the clock
// starts, are inserted into the same tables on pages as large, in one transaction without a journal, the
// indexes made after, and the file brought to the disk. Prints seconds of wall and CPU time.
//
//   clang -O2 tables_floor.c -o tables_floor -lsqlite3
//   ./tables_floor STUDY.sqlite OUT.sqlite
#include "seconds.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct { int columns; size_t count, room; sqlite3_value **values; char *name, *sql; } Table;
static Table tables[64];
static int table_count;
static char *others[64];
static int other_count;

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL)) exit(1);
  return statement;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  sqlite3 *in, *out;
  if (sqlite3_open_v2(argv[1], &in, SQLITE_OPEN_READONLY, NULL)) return 1;
  sqlite3_stmt *schema = prepared(
      in, "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid");
  while (sqlite3_step(schema) == SQLITE_ROW) {
    const char *type = (const char *)sqlite3_column_text(schema, 0);
    char *sql = strdup((const char *)sqlite3_column_text(schema, 2));
    if (strcmp(type, "table")) {
      others[other_count++] = sql;
      continue;
    }
    Table *table = &tables[table_count++];
    table->name = strdup((const char *)sqlite3_column_text(schema, 1));
    table->sql = sql;
    char query[256];
    snprintf(query, sizeof query, "SELECT * FROM %s", table->name);
    sqlite3_stmt *rows = prepared(in, query);
    table->columns = sqlite3_column_count(rows);
    while (sqlite3_step(rows) == SQLITE_ROW)
      for (int i = 0; i < table->columns; i++) {
        if (table->count == table->room)
          table->values = realloc(
              table->values,
              (table->room = table->room ? 2 * table->room : 1024) * sizeof *table->values);
        table->values[table->count++] = sqlite3_value_dup(sqlite3_column_value(rows, i));
      }
    sqlite3_finalize(rows);
  }
  sqlite3_finalize(schema);
  // Of the pages too, since a file of larger ones is quicker to write.
  sqlite3_stmt *pages = prepared(in, "PRAGMA page_size");
  char page_size[64];
  sqlite3_step(pages);
  snprintf(page_size, sizeof page_size, "PRAGMA page_size = %d", sqlite3_column_int(pages, 0));
  sqlite3_finalize(pages);
  unlink(argv[2]);

  size_t rows = 0;
  double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  if (sqlite3_open(argv[2], &out)) return 1;
  sqlite3_exec(out, page_size, NULL, NULL, NULL);
  sqlite3_exec(out, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; "
                    "PRAGMA cache_size = -16384; BEGIN", NULL, NULL, NULL);
  for (int t = 0; t < table_count; t++) {
    Table *table = &tables[t];
    if (sqlite3_exec(out, table->sql, NULL, NULL, NULL)) return 1;
    char query[512];
    int length = snprintf(query, sizeof query, "INSERT INTO %s VALUES (?", table->name);
    for (int i = 1; i < table->columns; i++) length += snprintf(query + length, 8, ", ?");
    snprintf(query + length, 8, ")");
    sqlite3_stmt *insert = prepared(out, query);
    for (size_t v = 0; v < table->count; v += table->columns, rows++) {
      for (int i = 0; i < table->columns; i++)
        sqlite3_bind_value(insert, i + 1, table->values[v + i]);
      if (sqlite3_step(insert) != SQLITE_DONE) return 1;
      sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
  }
  for (int i = 0; i < other_count; i++) sqlite3_exec(out, others[i], NULL, NULL, NULL);
  if (sqlite3_exec(out, "COMMIT", NULL, NULL, NULL) || sqlite3_close(out)) return 1;
  int file = open(argv[2], O_RDWR);
  fsync(file);
  close(file);
  printf("%.3f s wall, %.3f s CPU, %zu rows\n", seconds(CLOCK_MONOTONIC) - wall,
         seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, rows);
  return 0;
}
