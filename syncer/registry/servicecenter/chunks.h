// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/time.h"

namespace syncer::registry::servicecenter {

/// All versions of one service name: what a find asks for.
struct Name {
  std::string environment;
  std::string app_id;
  std::string name;
  auto operator<=>(const Name&) const = default;
};

/// Names that are asked for in one request.
struct Chunk {
  std::vector<Name> names;
  Bytes body;             ///< of the request; empty when it has to be written anew
  Bytes quiet_answer;     ///< an answer to this body that said "nothing changed"
  std::size_t bytes = 0;  ///< of the last request
  Duration took{};        ///< until its answer
  bool spread = false;    ///< it has found its place among the others in time

  /// The request's text is out of date.
  void rewrite() {
    body.clear();
    quiet_answer.clear();
  }
};

/// The names of a project in chunks. A name stays in the chunk it was put into, so that what was said of the others,
/// and when, stays true.
class Chunks {
 public:
  static constexpr std::size_t kMostNames = 500;

  /// Puts a new name into the first chunk that has room, or into a new one; gives its index.
  std::size_t put(const Name& name);
  void erase(std::size_t chunk, const Name& name);

  std::size_t size() const { return chunks_.size(); }
  Chunk& operator[](std::size_t index) { return chunks_[index]; }
  const Chunk& operator[](std::size_t index) const { return chunks_[index]; }
  auto begin() const { return chunks_.begin(); }
  auto end() const { return chunks_.end(); }

 private:
  std::vector<Chunk> chunks_;
};

}  // namespace syncer::registry::servicecenter
