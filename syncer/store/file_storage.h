// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncer/ports/storage.h"
#include "syncer/store/filing.h"

namespace syncer::store {

/// Storage on a directory, one file a key, written by one worker thread. The directory is locked: a second process is
/// refused. Values are kept as they are; their reader checks them.
class FileStorage : public Storage {
 public:
  /// Hands a task over to the thread that owns the storage (Loop::post).
  using Post = std::function<void(std::function<void()>)>;
  /// Called on the owner's thread; the same call as Node::on_stored.
  using Done = std::function<void(CallId, Result<void>)>;

  /// Makes the directory (mode 0700) where missing and locks it. The error says what to do.
  /// `filing` outlives the storage and is used by its worker.
  static Result<std::unique_ptr<FileStorage>> open(std::string directory, Post post, Done done,
                                                   Filing& filing = system_filing());
  /// Finishes what is queued; nothing is reported any more.
  ~FileStorage() override;

  Result<std::optional<Bytes>> read(std::string_view key) override;
  void write(CallId id, std::string_view key, Bytes value) override;
  void append(CallId id, std::string_view key, Bytes bytes) override;
  /// For a caller that gives up before anything was stored: removes the directory again if open() made it and it holds
  /// nothing but the lock. Nothing can be stored afterwards.
  void abandon();

 private:
  struct State;
  explicit FileStorage(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  ///< shared with the worker and posted results
};

}  // namespace syncer::store
