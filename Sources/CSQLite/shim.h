#include <sqlite3.h>

// sqlite3_config and sqlite3_db_config take a variable number of arguments, which Swift cannot call.

// SQLite counts the memory of all connections under one lock, for which two threads wait for each other at
// every row, and for a figure that nobody here asks for (sqlite.org/c3ref/c_config_covering_index_scan.html,
// SQLITE_CONFIG_MEMSTATUS). To be called before it is used; later it changes nothing.
static inline void cuaderno_count_no_memory(void) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// The last connection to close leaves the WAL as it is, instead of checkpointing and deleting it.
static inline int cuaderno_leave_wal_on_close(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

// Whether the database's file has not its name any more: it was removed, or another took its place.
static inline int cuaderno_has_moved(sqlite3 *connection) {
  int moved = 0;
  int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

// Refuses statements that could damage the file through a crafted schema.
static inline int cuaderno_set_defensive(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

// SQL that stands in the schema of the file runs nothing that reaches out of it.
static inline int cuaderno_distrust_schema(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}
