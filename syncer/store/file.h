// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/store/filing.h"

/// Durable operations on single files. Errors name the path and the system's reason.
namespace syncer::store {

/// A file descriptor that closes itself.
class File {
 public:
  /// `flags` as of open(2); new files get mode 0600.
  static Result<File> open(const std::string& path, int flags, Filing& filing = system_filing());
  File(File&& other) noexcept
      : filing_(other.filing_), path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&&) = delete;
  ~File();

  int descriptor() const { return descriptor_; }
  /// What is left of it, at most `limit` bytes.
  Result<Bytes> read_all(std::size_t limit);
  Result<void> write_all(ByteView bytes);
  /// Data and size are on the disk when this returns.
  Result<void> sync();
  /// The names in a directory are on the disk when this returns.
  Result<void> sync_names();
  /// Its length; writing goes on there.
  Result<off_t> seek_end();
  Result<void> truncate(off_t size);

 private:
  File(Filing& filing, std::string path, int descriptor)
      : filing_(filing), path_(std::move(path)), descriptor_(descriptor) {}
  Error error(const char* doing) const;

  Filing& filing_;
  std::string path_;
  int descriptor_;
};

/// Makes a directory and its parents.
Result<void> make_directories(const std::string& path);
/// Makes new names in a directory durable.
Result<void> sync_directory(const std::string& directory, Filing& filing = system_filing());
/// Whole content; nothing when there is no such file; an error when it is larger than `limit`.
Result<std::optional<Bytes>> read_file(const std::string& path, std::size_t limit, Filing& filing = system_filing());
/// Whole content of a file that holds a secret. Invalid when anybody but its owner may read or write it;
/// NotFound when there is none; TooLarge over `limit`.
Result<Bytes> read_secret_file(const std::string& path, std::size_t limit);
/// Old or new content is found after a crash, never a mixture. On failure it is the old one, unless only the directory
/// could not be synced: then it is the new one until a crash, and either after it.
Result<void> replace_file(const std::string& directory, const std::string& name, ByteView content,
                          Filing& filing = system_filing());
/// Adds at the end; after a crash any part of the new bytes may be missing. On failure the file has its old length
/// again; the error says so when it does not.
Result<void> append_file(const std::string& directory, const std::string& name, ByteView bytes,
                         Filing& filing = system_filing());

}  // namespace syncer::store
