// What the floors share: the events of an XML file, kept in memory and written again.
#include <libxml/parser.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

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

static xmlSAXHandler event_handler = {.initialized = XML_SAX2_MAGIC, .startElementNs = start,
                                      .endElementNs = end, .characters = text};

// Writes all events and frees the writer.
static void write_events(xmlTextWriterPtr writer) {
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
}
