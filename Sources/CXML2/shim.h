#include <libxml/xmlversion.h>
// Debian's libxml2 has ICU behind its encodings, whose headers clash with those that Foundation
// brings; only structs that are never looked into differ without them.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlwriter.h>
