// What a workbook costs that is written with the format's own library: the cells of one, read before the
// clock starts, are written with libxlsxwriter row by row, with the same columns, filters and formats.
// Prints seconds of wall and CPU time.
//
//   clang -O2 xlsx_floor.c -o xlsx_floor -lxlsxwriter $(pkg-config --cflags --libs libxml-2.0 libzip)
//   ./xlsx_floor STUDY.xlsx OUT.xlsx
#include "seconds.h"
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>
#include <zip.h>

// Kinds: s(tring), n(umber), b(oolean).
typedef struct { unsigned row; unsigned short column; char kind; unsigned char style; char *text; double number; } Cell;
typedef struct { char *name, *filter; Cell *cells; size_t count, room; } Sheet;
static Sheet sheets[256];
static int sheet_count;
static Sheet *current;
static char text[1 << 20];
static size_t length;
static int takes_text;
static Cell cell;

static const char *value(const xmlChar **a, int n, const char *name, char *out, size_t room) {
  for (int i = 0; i < n; i++)
    if (!strcmp((const char *)a[5 * i], name)) {
      size_t bytes = a[5 * i + 4] - a[5 * i + 3];
      if (bytes >= room) bytes = room - 1;
      memcpy(out, a[5 * i + 3], bytes);
      out[bytes] = 0;
      return out;
    }
  return NULL;
}

static void start(void *c, const xmlChar *name, const xmlChar *p, const xmlChar *u, int n,
                  const xmlChar **ns, int attributes, int d, const xmlChar **a) {
  char out[128];
  if (!strcmp((const char *)name, "sheet") && value(a, attributes, "name", out, sizeof out)) {
    sheets[sheet_count++].name = strdup(out);
  } else if (!strcmp((const char *)name, "autoFilter")) {
    if (value(a, attributes, "ref", out, sizeof out)) current->filter = strdup(out);
  } else if (!strcmp((const char *)name, "c")) {
    memset(&cell, 0, sizeof cell);
    cell.kind = 'n';
    if (value(a, attributes, "t", out, sizeof out)) cell.kind = out[0] == 'i' ? 's' : 'b';
    if (value(a, attributes, "s", out, sizeof out)) cell.style = atoi(out);
    value(a, attributes, "r", out, sizeof out);
    cell.row = lxw_name_to_row(out);
    cell.column = lxw_name_to_col(out);
  } else if (!strcmp((const char *)name, "t") || !strcmp((const char *)name, "v")) {
    takes_text = 1;
    length = 0;
  }
}
static void characters(void *c, const xmlChar *t, int count) {
  if (!takes_text || length + count >= sizeof text) return;
  memcpy(text + length, t, count);
  length += count;
}
static void end(void *c, const xmlChar *name, const xmlChar *p, const xmlChar *u) {
  takes_text = 0;
  if (strcmp((const char *)name, "c")) return;
  text[length] = 0;
  if (cell.kind == 's') cell.text = strdup(text);
  else cell.number = atof(text);
  if (current->count == current->room)
    current->cells = realloc(
        current->cells, (current->room = current->room ? 2 * current->room : 1024) * sizeof cell);
  current->cells[current->count++] = cell;
}

static void parse(zip_t *in, const char *name) {
  zip_stat_t status;
  if (zip_stat(in, name, 0, &status)) exit(1);
  char *bytes = malloc(status.size);
  zip_file_t *file = zip_fopen(in, name, 0);
  zip_fread(file, bytes, status.size);
  zip_fclose(file);
  xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC, .startElementNs = start,
                           .endElementNs = end, .characters = characters};
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL);
  xmlCtxtUseOptions(parser, XML_PARSE_HUGE | XML_PARSE_NOENT);
  xmlParseChunk(parser, bytes, status.size, 1);
  xmlFreeParserCtxt(parser);
  free(bytes);
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  zip_t *in = zip_open(argv[1], ZIP_RDONLY, NULL);
  if (!in) return 1;
  parse(in, "xl/workbook.xml");
  for (int i = 0; i < sheet_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "xl/worksheets/sheet%d.xml", i + 1);
    current = &sheets[i];
    parse(in, name);
  }
  zip_discard(in);

  size_t cells = 0;
  double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = "."};
  lxw_workbook *book = workbook_new_opt(argv[2], &options);
  lxw_format *formats[16];
  for (int i = 0; i < 16; i++) {
    formats[i] = workbook_add_format(book);
    format_set_align(formats[i], LXW_ALIGN_VERTICAL_TOP);
  }
  for (int i = 0; i < sheet_count; i++) {
    Sheet *sheet = &sheets[i];
    lxw_worksheet *out = workbook_add_worksheet(book, sheet->name);
    worksheet_freeze_panes(out, 1, 1);
    if (sheet->filter) worksheet_autofilter(out, RANGE(sheet->filter));
    for (size_t j = 0; j < sheet->count; j++) {
      Cell *c = &sheet->cells[j];
      lxw_format *format = formats[c->style & 15];
      switch (c->kind) {
      case 's': worksheet_write_string(out, c->row, c->column, c->text, format); break;
      case 'b': worksheet_write_boolean(out, c->row, c->column, c->number != 0, format); break;
      default: worksheet_write_number(out, c->row, c->column, c->number, format);
      }
    }
    cells += sheet->count;
  }
  if (workbook_close(book)) return 1;
  printf("%.3f s wall, %.3f s CPU, %zu cells, %d sheets\n", seconds(CLOCK_MONOTONIC) - wall,
         seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, cells, sheet_count);
  return 0;
}
