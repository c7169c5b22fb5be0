// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/drop.h"

namespace syncer::wire::gossip {

std::string_view name(Drop drop) {
  switch (drop) {
#define SYNCER_GOSSIP_DROP_NAME(kind, text) \
  case Drop::kind:                          \
    return text;
    SYNCER_GOSSIP_DROPS(SYNCER_GOSSIP_DROP_NAME)
#undef SYNCER_GOSSIP_DROP_NAME
  }
  return "unknown";
}

}  // namespace syncer::wire::gossip
