#ifndef CUADERNO_FAULT_VFS_H
#define CUADERNO_FAULT_VFS_H

// A layer over SQLite's own file access that lets one call of many fail.
//
// Registered as the default, so that the shipped code opens its files as always. It touches only
// files whose path begins with the folder of a plan; all others go through as they are, so that
// suites which run at the same time do not disturb each other.

// What a call that fails answers.
enum {
  CUADERNO_FAULT_EIO = 0,
  CUADERNO_FAULT_FULL = 1,
  CUADERNO_FAULT_SHORT_WRITE = 2,
  CUADERNO_FAULT_CANTOPEN = 3,
};

// Registers the layer; later calls do nothing. Answers SQLite's result code.
int cuaderno_fault_register(void);

// Begins a plan for the files below a folder: the `nth` call that the fault can happen to fails, and
// all after it when `for_ever` is not zero. Answers the plan's number, or -1 when all are taken.
int cuaderno_fault_begin(const char *folder, int fault, long nth, int for_ever);

// Ends a plan. Answers how many calls were counted; `failed` is how many of them failed.
long cuaderno_fault_end(int plan, long *failed);

#endif
