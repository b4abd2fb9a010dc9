// What a file of XML costs that is written with libxml2 alone: its events, read before the clock starts,
// are written again. Prints seconds of wall and CPU time.
//
//   clang -O2 xml_floor.c -o xml_floor $(pkg-config --cflags --libs libxml-2.0)
//   ./xml_floor IN.graphml OUT.graphml
#include "seconds.h"
#include "xml_events.h"
#include <stdio.h>

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  if (xmlSAXUserParseFile(&event_handler, NULL, argv[1])) return 1;
  double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  xmlTextWriterPtr writer = xmlNewTextWriterFilename(argv[2], 0);
  write_events(writer);
  printf("%.4f s wall, %.4f s CPU, %zu events\n", seconds(CLOCK_MONOTONIC) - wall,
         seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, count);
  return 0;
}
