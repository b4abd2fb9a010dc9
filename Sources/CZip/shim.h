#include <zip.h>
// What libzip packs with, and what its package brings along.
#include <zlib.h>
