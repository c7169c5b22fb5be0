// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

/// Durable operations on single files. Errors name the path and the system's reason.
namespace syncer::store {

/// A file descriptor that closes itself.
class File {
 public:
  /// `flags` as of open(2); new files get mode 0600.
  static Result<File> open(const std::string& path, int flags);
  File(File&& other) noexcept : path_(std::move(other.path_)), descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  File& operator=(File&&) = delete;
  ~File();

  int descriptor() const { return descriptor_; }
  Result<void> write_all(ByteView bytes);
  /// Data and size are on the disk when this returns.
  Result<void> sync();
  Error error(const char* doing) const;

 private:
  File(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_;
};

/// Makes a directory and its parents.
Result<void> make_directories(const std::string& path);
/// Makes new names in a directory durable.
Result<void> sync_directory(const std::string& directory);
/// Whole content; nothing when there is no such file; an error when it is larger than `limit`.
Result<std::optional<Bytes>> read_file(const std::string& path, std::size_t limit);
/// Whole content of a file that holds a secret. Invalid when anybody but its owner may read or write it;
/// NotFound when there is none; TooLarge over `limit`.
Result<Bytes> read_secret_file(const std::string& path, std::size_t limit);
/// Old or new content is found after a crash, never a mixture.
Result<void> replace_file(const std::string& directory, const std::string& name, ByteView content);
/// Adds at the end; on failure the file has its old length again.
Result<void> append_file(const std::string& directory, const std::string& name, ByteView bytes);

}  // namespace syncer::store
