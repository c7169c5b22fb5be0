// SPDX-License-Identifier: Apache-2.0
#include "syncer/store/secret_file.h"

#include <sys/stat.h>

#include "syncer/store/file.h"

namespace syncer::store {

Result<Bytes> read_secret_file(const std::string& path, std::size_t limit) {
  constexpr mode_t kOthers = 077;
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0 && (about.st_mode & kOthers) != 0) {
    return failure(ErrorCode::Invalid, path, "others may read or change this secret; chmod 600 it");
  }
  auto content = read_file(path, limit);
  if (!content) return tl::unexpected(content.error());
  if (!*content) return failure(ErrorCode::NotFound, path, "there is no such file");
  return std::move(**content);
}

}  // namespace syncer::store
