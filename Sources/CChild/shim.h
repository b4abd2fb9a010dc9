// What glibc has for child processes beyond POSIX, which its headers show only to programs that ask for all
// of GNU. No header of the system is included, so that its types stay with the module they belong to.

// Closes every descriptor from this one on in the child (glibc 2.34).
extern int cuaderno_close_from(void *actions, int from)
    __asm__("posix_spawn_file_actions_addclosefrom_np");

// The child's working folder (glibc 2.29).
extern int cuaderno_change_folder(void *actions, const char *path)
    __asm__("posix_spawn_file_actions_addchdir_np");

// As struct rlimit has it.
struct cuaderno_limits {
  unsigned long soft;
  unsigned long hard;
};

extern int cuaderno_limit_process(
    int process, int resource, const struct cuaderno_limits *limits,
    struct cuaderno_limits *old) __asm__("prlimit");

// Bounds what another process may take of one of the resources RLIMIT_….
static inline int cuaderno_bound(int process, int resource, unsigned long limit) {
  struct cuaderno_limits limits = {limit, limit};
  return cuaderno_limit_process(process, resource, &limits, (struct cuaderno_limits *)0);
}
