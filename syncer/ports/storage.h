// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/ids.h"
#include "syncer/base/result.h"

namespace syncer {

/// Small durable values by key (lower-case letters, digits, '-', '.'). A write is atomic (the old or the new value is
/// found after a crash, never a mixture) and durable once Node::on_stored came back without error. Writes to one key
/// complete in the order they were issued.
class Storage {
 public:
  virtual ~Storage() = default;
  /// Blocking; only called while a node starts. Nothing when the key was never written.
  virtual Result<std::optional<Bytes>> read(std::string_view key) = 0;
  /// Never blocks; ends in Node::on_stored with the id.
  virtual void write(CallId id, std::string_view key, Bytes value) = 0;
  /// Adds bytes at the end of the value (a log). Same completion as write; a crash may leave any prefix of bytes
  /// that were not yet reported stored.
  virtual void append(CallId id, std::string_view key, Bytes bytes) = 0;
};

}  // namespace syncer
