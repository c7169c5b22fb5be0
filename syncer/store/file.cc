// SPDX-License-Identifier: Apache-2.0
#include "syncer/store/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace syncer::store {
namespace {

Error system_error(const std::string& path, const char* doing, int number) {
  return {ErrorCode::Io, path, std::string("cannot ") + doing + ": " + std::generic_category().message(number)};
}

}  // namespace

Result<File> File::open(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor >= 0) return File(path, descriptor);
  Error error = system_error(path, "open", errno);
  if (errno == ENOENT) error.code = ErrorCode::NotFound;
  return tl::unexpected(std::move(error));
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Error File::error(const char* doing) const { return system_error(path_, doing, errno); }

Result<void> File::write_all(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return tl::unexpected(error("write"));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> File::sync() {
  if (::fdatasync(descriptor_) != 0) return tl::unexpected(error("sync"));
  return {};
}

Result<void> make_directories(const std::string& path) {
  const std::filesystem::path wanted(path);
  std::filesystem::path made;
  for (const auto& part : wanted) {
    made /= part;
    if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST && errno != EISDIR) {
      return tl::unexpected(system_error(made.string(), "make the directory", errno));
    }
  }
  std::error_code failed;
  if (std::filesystem::is_directory(wanted, failed)) return {};
  return failure(ErrorCode::Io, path, "is not a directory");
}

Result<void> sync_directory(const std::string& directory) {
  auto file = File::open(directory, O_RDONLY | O_DIRECTORY);
  if (!file) return tl::unexpected(file.error());
  if (::fsync(file->descriptor()) != 0) return tl::unexpected(file->error("sync the directory"));
  return {};
}

Result<std::optional<Bytes>> read_file(const std::string& path, std::size_t limit) {
  auto file = File::open(path, O_RDONLY);
  if (!file && file.error().code == ErrorCode::NotFound) return std::nullopt;
  if (!file) return tl::unexpected(file.error());
  Bytes content;
  std::array<char, 65536> chunk;
  while (true) {
    const ssize_t size = ::read(file->descriptor(), chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return tl::unexpected(file->error("read"));
    if (size == 0) return content;
    content.append(chunk.data(), static_cast<std::size_t>(size));
    if (content.size() > limit) return failure(ErrorCode::TooLarge, path, "is larger than anything ever stored here");
  }
}

Result<void> replace_file(const std::string& directory, const std::string& name, ByteView content) {
  const std::string path = directory + "/" + name;
  const std::string temporary = path + "~";  // no key ends like this
  {
    auto file = File::open(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return tl::unexpected(file.error());
    if (auto written = file->write_all(content); !written) return written;
    if (auto synced = file->sync(); !synced) return synced;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    return tl::unexpected(system_error(path, "rename to", errno));
  }
  return sync_directory(directory);
}

Result<void> append_file(const std::string& directory, const std::string& name, ByteView bytes) {
  const std::string path = directory + "/" + name;
  const bool is_new = ::access(path.c_str(), F_OK) != 0;
  auto file = File::open(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return tl::unexpected(file.error());
  const off_t before = ::lseek(file->descriptor(), 0, SEEK_END);
  if (before < 0) return tl::unexpected(file->error("seek"));
  auto stored = file->write_all(bytes);
  if (stored) stored = file->sync();
  if (!stored) {
    // Half a record in the middle of a log would cut off all that follows.
    if (::ftruncate(file->descriptor(), before) != 0) stored.error().detail += "; the file now ends with a torn record";
    return stored;
  }
  return is_new ? sync_directory(directory) : Result<void>();
}

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
