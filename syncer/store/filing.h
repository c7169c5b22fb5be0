// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace syncer::store {

/// The system calls that storing is made of, so that a test can let the n-th of them fail. Each does what the call of
/// its name does: -1 and errno on failure.
class Filing {
 public:
  virtual ~Filing() = default;
  virtual int open(const char* path, int flags, mode_t mode) = 0;
  virtual int close(int descriptor) = 0;
  virtual ssize_t read(int descriptor, void* bytes, std::size_t size) = 0;
  virtual ssize_t write(int descriptor, const void* bytes, std::size_t size) = 0;
  virtual int fdatasync(int descriptor) = 0;
  virtual int fsync(int descriptor) = 0;
  virtual int ftruncate(int descriptor, off_t size) = 0;
  virtual off_t seek_end(int descriptor) = 0;
  virtual int rename(const char* from, const char* to) = 0;
};

/// The operating system's own.
Filing& system_filing();

}  // namespace syncer::store
