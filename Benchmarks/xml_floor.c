// What a file of XML costs that is written with libxml2 alone: its events, read before the clock starts,
// are written again. Prints seconds of wall and CPU time.
//
//   clang -O2 xml_floor.c -o xml_floor $(pkg-config --cflags --libs libxml-2.0)
//   ./xml_floor IN.graphml OUT.graphml
#include <libxml/parser.h>
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { char kind; char *name, *value; } Event;  // kinds: < @ t >
static Event *events;
static size_t count, room;

static void add(char kind, const char *name, const char *value, size_t length) {
  if (count == room) events = realloc(events, (room = room ? 2 * room : 1024) * sizeof *events);
  events[count++] = (Event){kind, strdup(name), value ? strndup(value, length) : NULL};
}

static void start(void *c, const xmlChar *name, const xmlChar *p, const xmlChar *u, int n,
                  const xmlChar **ns, int attributes, int d, const xmlChar **a) {
  add('<', (const char *)name, NULL, 0);
  for (int i = 0; i < attributes; i++)
    add('@', (const char *)a[5 * i], (const char *)a[5 * i + 3], a[5 * i + 4] - a[5 * i + 3]);
}
static void end(void *c, const xmlChar *name, const xmlChar *p, const xmlChar *u) {
  add('>', (const char *)name, NULL, 0);
}
static void text(void *c, const xmlChar *t, int length) { add('t', "", (const char *)t, length); }

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC, .startElementNs = start,
                           .endElementNs = end, .characters = text};
  if (xmlSAXUserParseFile(&handler, NULL, argv[1])) return 1;
  double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  xmlTextWriterPtr writer = xmlNewTextWriterFilename(argv[2], 0);
  xmlTextWriterStartDocument(writer, "1.0", "UTF-8", NULL);
  for (size_t i = 0; i < count; i++) {
    const xmlChar *name = (xmlChar *)events[i].name, *value = (xmlChar *)events[i].value;
    switch (events[i].kind) {
    case '<': xmlTextWriterStartElement(writer, name); break;
    case '@': xmlTextWriterWriteAttribute(writer, name, value); break;
    case 't': xmlTextWriterWriteString(writer, value); break;
    case '>': xmlTextWriterEndElement(writer); break;
    }
  }
  xmlTextWriterEndDocument(writer);
  xmlFreeTextWriter(writer);
  printf("%.4f s wall, %.4f s CPU, %zu events\n", seconds(CLOCK_MONOTONIC) - wall,
         seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, count);
  return 0;
}
