// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "syncer/base/bytes.h"

namespace sim::show {

/// One column of a table: integers of variable length, as base64 text. Neighbours that are alike are written as
/// differences.
class Column {
 public:
  void put(std::uint64_t value) { syncer::ByteWriter(bytes_).varint(value); }
  /// What may be negative.
  void put_signed(std::int64_t value);
  /// The difference from what this put last.
  void put_next(std::uint64_t value);
  std::string text() const;

 private:
  syncer::Bytes bytes_;
  std::uint64_t last_ = 0;
};

}  // namespace sim::show
