#include "FaultVFS.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#define PLANS 16
#define PATH_MAX_LENGTH 1024

typedef struct Plan {
  int is_used;
  char folder[PATH_MAX_LENGTH];
  int fault;
  long nth;
  int for_ever;
  long count;
  long failed;
} Plan;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Plan plans[PLANS];
static sqlite3_vfs *real;
static sqlite3_vfs layer;

typedef enum Call { OPEN, READ, WRITE, SYNC, TRUNCATE, DELETE, LOCK, MAP } Call;

typedef struct File {
  sqlite3_file head;
  sqlite3_file *real;
  char path[PATH_MAX_LENGTH];
} File;

// What each fault can happen to: a full disk refuses writes, and so on.
static int can_fail(Call call, int fault) {
  switch (fault) {
    case CUADERNO_FAULT_FULL: return call == WRITE;
    case CUADERNO_FAULT_SHORT_WRITE: return call == WRITE;
    case CUADERNO_FAULT_CANTOPEN: return call == OPEN;
    default: return 1;
  }
}

static int should_fail(const char *path, Call call, int *fault) {
  int result = 0;
  if (!path) return 0;
  pthread_mutex_lock(&mutex);
  for (int index = 0; index < PLANS; index++) {
    Plan *plan = &plans[index];
    if (!plan->is_used || strncmp(path, plan->folder, strlen(plan->folder)) != 0) continue;
    if (!can_fail(call, plan->fault)) continue;
    plan->count++;
    if (plan->count == plan->nth || (plan->for_ever && plan->count > plan->nth)) {
      plan->failed++;
      *fault = plan->fault;
      result = 1;
    }
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

static int fails(File *file, Call call) {
  int fault = 0;
  return should_fail(file->path, call, &fault);
}

static int file_close(sqlite3_file *head) {
  File *file = (File *)head;
  return file->real->pMethods->xClose(file->real);
}

static int file_read(sqlite3_file *head, void *bytes, int count, sqlite3_int64 offset) {
  File *file = (File *)head;
  if (fails(file, READ)) return SQLITE_IOERR_READ;
  return file->real->pMethods->xRead(file->real, bytes, count, offset);
}

static int file_write(sqlite3_file *head, const void *bytes, int count, sqlite3_int64 offset) {
  File *file = (File *)head;
  int fault = 0;
  if (should_fail(file->path, WRITE, &fault)) {
    if (fault == CUADERNO_FAULT_FULL) return SQLITE_FULL;
    if (fault == CUADERNO_FAULT_SHORT_WRITE) {
      file->real->pMethods->xWrite(file->real, bytes, count / 2, offset);
    }
    return SQLITE_IOERR_WRITE;
  }
  return file->real->pMethods->xWrite(file->real, bytes, count, offset);
}

static int file_truncate(sqlite3_file *head, sqlite3_int64 size) {
  File *file = (File *)head;
  if (fails(file, TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
  return file->real->pMethods->xTruncate(file->real, size);
}

static int file_sync(sqlite3_file *head, int flags) {
  File *file = (File *)head;
  if (fails(file, SYNC)) return SQLITE_IOERR_FSYNC;
  return file->real->pMethods->xSync(file->real, flags);
}

static int file_size(sqlite3_file *head, sqlite3_int64 *size) {
  File *file = (File *)head;
  return file->real->pMethods->xFileSize(file->real, size);
}

static int file_lock(sqlite3_file *head, int level) {
  File *file = (File *)head;
  if (fails(file, LOCK)) return SQLITE_IOERR_LOCK;
  return file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *head, int level) {
  File *file = (File *)head;
  return file->real->pMethods->xUnlock(file->real, level);
}

static int file_check_lock(sqlite3_file *head, int *result) {
  File *file = (File *)head;
  return file->real->pMethods->xCheckReservedLock(file->real, result);
}

static int file_control(sqlite3_file *head, int operation, void *argument) {
  File *file = (File *)head;
  return file->real->pMethods->xFileControl(file->real, operation, argument);
}

static int file_sector_size(sqlite3_file *head) {
  File *file = (File *)head;
  return file->real->pMethods->xSectorSize(file->real);
}

static int file_characteristics(sqlite3_file *head) {
  File *file = (File *)head;
  return file->real->pMethods->xDeviceCharacteristics(file->real);
}

static int file_shm_map(sqlite3_file *head, int page, int size, int extend, void volatile **map) {
  File *file = (File *)head;
  if (fails(file, MAP)) {
    *map = 0;
    return SQLITE_IOERR_SHMMAP;
  }
  return file->real->pMethods->xShmMap(file->real, page, size, extend, map);
}

static int file_shm_lock(sqlite3_file *head, int offset, int count, int flags) {
  File *file = (File *)head;
  // To unlock never fails.
  if ((flags & SQLITE_SHM_LOCK) && fails(file, LOCK)) return SQLITE_IOERR_SHMLOCK;
  return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *head) {
  File *file = (File *)head;
  file->real->pMethods->xShmBarrier(file->real);
}

static int file_shm_unmap(sqlite3_file *head, int is_deleted) {
  File *file = (File *)head;
  return file->real->pMethods->xShmUnmap(file->real, is_deleted);
}

// Version 2: shared memory for a WAL, and no mapping of the database's own pages.
static const sqlite3_io_methods methods = {
  2,           file_close,       file_read,        file_write,       file_truncate,
  file_sync,   file_size,        file_lock,        file_unlock,      file_check_lock,
  file_control, file_sector_size, file_characteristics, file_shm_map, file_shm_lock,
  file_shm_barrier, file_shm_unmap, 0, 0,
};

static int layer_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *head, int flags, int *out_flags) {
  (void)vfs;
  File *file = (File *)head;
  int fault = 0;
  file->head.pMethods = 0;
  if (should_fail(name, OPEN, &fault)) {
    return fault == CUADERNO_FAULT_EIO ? SQLITE_IOERR : SQLITE_CANTOPEN;
  }
  file->real = (sqlite3_file *)(file + 1);
  file->path[0] = 0;
  if (name) strncpy(file->path, name, PATH_MAX_LENGTH - 1);
  file->path[PATH_MAX_LENGTH - 1] = 0;
  int code = real->xOpen(real, name, file->real, flags, out_flags);
  if (file->real->pMethods) file->head.pMethods = &methods;
  return code;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
  (void)vfs;
  int fault = 0;
  if (should_fail(name, DELETE, &fault)) return SQLITE_IOERR_DELETE;
  return real->xDelete(real, name, sync_folder);
}

static int layer_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  (void)vfs;
  return real->xAccess(real, name, flags, result);
}

static int layer_full_path(sqlite3_vfs *vfs, const char *name, int size, char *path) {
  (void)vfs;
  return real->xFullPathname(real, name, size, path);
}

static int layer_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
  (void)vfs;
  return real->xRandomness(real, count, bytes);
}

static int layer_sleep(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return real->xSleep(real, microseconds);
}

static int layer_time(sqlite3_vfs *vfs, double *time) {
  (void)vfs;
  return real->xCurrentTime(real, time);
}

static int layer_last_error(sqlite3_vfs *vfs, int size, char *message) {
  (void)vfs;
  return real->xGetLastError(real, size, message);
}

static int layer_time_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *time) {
  (void)vfs;
  return real->xCurrentTimeInt64(real, time);
}

int cuaderno_fault_register(void) {
  int code = SQLITE_OK;
  pthread_mutex_lock(&mutex);
  if (!real) {
    real = sqlite3_vfs_find(0);
    layer.iVersion = 2;
    layer.szOsFile = (int)sizeof(File) + real->szOsFile;
    layer.mxPathname = real->mxPathname;
    layer.zName = "cuaderno-faults";
    layer.xOpen = layer_open;
    layer.xDelete = layer_delete;
    layer.xAccess = layer_access;
    layer.xFullPathname = layer_full_path;
    layer.xRandomness = layer_randomness;
    layer.xSleep = layer_sleep;
    layer.xCurrentTime = layer_time;
    layer.xGetLastError = layer_last_error;
    layer.xCurrentTimeInt64 = layer_time_milliseconds;
    code = sqlite3_vfs_register(&layer, 1);
  }
  pthread_mutex_unlock(&mutex);
  return code;
}

int cuaderno_fault_begin(const char *folder, int fault, long nth, int for_ever) {
  int found = -1;
  pthread_mutex_lock(&mutex);
  for (int index = 0; index < PLANS && found < 0; index++) {
    Plan *plan = &plans[index];
    if (plan->is_used) continue;
    memset(plan, 0, sizeof *plan);
    plan->is_used = 1;
    strncpy(plan->folder, folder, PATH_MAX_LENGTH - 1);
    plan->fault = fault;
    plan->nth = nth;
    plan->for_ever = for_ever;
    found = index;
  }
  pthread_mutex_unlock(&mutex);
  return found;
}

long cuaderno_fault_end(int plan, long *failed) {
  pthread_mutex_lock(&mutex);
  long count = plans[plan].count;
  *failed = plans[plan].failed;
  plans[plan].is_used = 0;
  pthread_mutex_unlock(&mutex);
  return count;
}
