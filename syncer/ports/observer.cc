// SPDX-License-Identifier: Apache-2.0
#include "syncer/ports/observer.h"

namespace syncer {

std::string_view name(EventKind kind) {
  switch (kind) {
#define SYNCER_EVENT_NAME(kind, text) \
  case EventKind::kind:               \
    return text;
    SYNCER_EVENT_KINDS(SYNCER_EVENT_NAME)
#undef SYNCER_EVENT_NAME
  }
  return "unknown";
}

}  // namespace syncer
