// SPDX-License-Identifier: Apache-2.0
#include "syncer/store/filing.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace syncer::store {
namespace {

class SystemFiling : public Filing {
 public:
  int open(const char* path, int flags, mode_t mode) override { return ::open(path, flags, mode); }
  int close(int descriptor) override { return ::close(descriptor); }
  ssize_t read(int descriptor, void* bytes, std::size_t size) override { return ::read(descriptor, bytes, size); }
  ssize_t write(int descriptor, const void* bytes, std::size_t size) override {
    return ::write(descriptor, bytes, size);
  }
  int fdatasync(int descriptor) override { return ::fdatasync(descriptor); }
  int fsync(int descriptor) override { return ::fsync(descriptor); }
  int ftruncate(int descriptor, off_t size) override { return ::ftruncate(descriptor, size); }
  off_t seek_end(int descriptor) override { return ::lseek(descriptor, 0, SEEK_END); }
  int rename(const char* from, const char* to) override { return std::rename(from, to); }
};

}  // namespace

Filing& system_filing() {
  static SystemFiling system;
  return system;
}

}  // namespace syncer::store
