// What a project costs that is written with the formats' own libraries: the events of its XML and the
// texts, read before the clock starts, are written with libxml2 and packed with libzip at the same
// level. Prints seconds of wall and CPU time.
//
//   clang -O2 qdpx_floor.c -o qdpx_floor $(pkg-config --cflags --libs libxml-2.0 libzip)
//   ./qdpx_floor STUDY.qdpx OUT.qdpx
#include "seconds.h"
#include "xml_events.h"
#include <stdio.h>
#include <zip.h>

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  zip_t *in = zip_open(argv[1], ZIP_RDONLY, NULL);
  if (!in) return 1;
  zip_int64_t entries = zip_get_num_entries(in, 0);
  char **names = calloc(entries, sizeof *names), **bytes = calloc(entries, sizeof *bytes);
  zip_uint64_t *sizes = calloc(entries, sizeof *sizes);
  for (zip_int64_t i = 0; i < entries; i++) {
    zip_stat_t status;
    zip_stat_index(in, i, 0, &status);
    names[i] = strdup(status.name);
    bytes[i] = malloc((sizes[i] = status.size) + 1);
    zip_file_t *file = zip_fopen_index(in, i, 0);
    zip_fread(file, bytes[i], status.size);
    zip_fclose(file);
  }
  zip_discard(in);
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&event_handler, NULL, NULL, 0, NULL);
  xmlParseChunk(parser, bytes[0], sizes[0], 1);
  xmlFreeParserCtxt(parser);

  double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  FILE *spool = tmpfile();
  xmlTextWriterPtr writer = xmlNewTextWriter(xmlOutputBufferCreateFile(spool, NULL));
  write_events(writer);
  fflush(spool);
  rewind(spool);
  zip_t *out = zip_open(argv[2], ZIP_CREATE | ZIP_TRUNCATE, NULL);
  for (zip_int64_t i = 0; i < entries; i++) {
    zip_source_t *source = i == 0 ? zip_source_filep(out, spool, 0, -1)
                                  : zip_source_buffer(out, bytes[i], sizes[i], 0);
    zip_set_file_compression(out, zip_file_add(out, names[i], source, ZIP_FL_ENC_UTF_8),
                             ZIP_CM_DEFLATE, 6);
  }
  if (zip_close(out)) return 1;
  printf("%.3f s wall, %.3f s CPU, %zu events, %lld entries\n", seconds(CLOCK_MONOTONIC) - wall,
         seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, count, (long long)entries);
  return 0;
}
