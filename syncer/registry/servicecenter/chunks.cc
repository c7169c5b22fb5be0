// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/chunks.h"

#include <algorithm>

namespace syncer::registry::servicecenter {

std::size_t Chunks::put(const Name& name) {
  const auto room =
      std::find_if(chunks_.begin(), chunks_.end(), [](const Chunk& c) { return c.names.size() < kMostNames; });
  const auto chunk = room == chunks_.end() ? chunks_.emplace(room) : room;
  chunk->names.push_back(name);
  chunk->rewrite();
  return static_cast<std::size_t>(chunk - chunks_.begin());
}

void Chunks::erase(std::size_t chunk, const Name& name) {
  std::erase(chunks_[chunk].names, name);
  chunks_[chunk].rewrite();
}

}  // namespace syncer::registry::servicecenter
