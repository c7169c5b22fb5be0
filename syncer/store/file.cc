// SPDX-License-Identifier: Apache-2.0
#include "syncer/store/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::store {
namespace {

Error system_error(const std::string& path, const char* doing, int number) {
  return {ErrorCode::Io, path, std::string("cannot ") + doing + ": " + std::generic_category().message(number)};
}

}  // namespace

Result<File> File::open(const std::string& path, int flags, Filing& filing) {
  const int descriptor = filing.open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor >= 0) return File(filing, path, descriptor);
  Error error = system_error(path, "open", errno);
  if (errno == ENOENT) error.code = ErrorCode::NotFound;
  return tl::unexpected(std::move(error));
}

File::~File() {
  if (descriptor_ >= 0) filing_.close(descriptor_);
}

Error File::error(const char* doing) const { return system_error(path_, doing, errno); }

Result<Bytes> File::read_all(std::size_t limit) {
  Bytes content;
  std::array<char, 65536> chunk;
  while (true) {
    const ssize_t size = filing_.read(descriptor_, chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return tl::unexpected(error("read"));
    if (size == 0) return content;
    content.append(chunk.data(), static_cast<std::size_t>(size));
    if (content.size() > limit) return failure(ErrorCode::TooLarge, path_, "is larger than anything ever stored here");
  }
}

Result<void> File::write_all(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = filing_.write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return tl::unexpected(error("write"));
    bytes.remove_prefix(SYNCER_MUTATED("store.take_short_writes_for_whole") ? bytes.size()
                                                                            : static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> File::sync() {
  if (SYNCER_MUTATED("store.forget_to_sync")) return {};
  if (filing_.fdatasync(descriptor_) != 0) return tl::unexpected(error("sync"));
  return {};
}

Result<void> File::sync_names() {
  if (filing_.fsync(descriptor_) != 0) return tl::unexpected(error("sync the directory"));
  return {};
}

Result<off_t> File::seek_end() {
  const off_t end = filing_.seek_end(descriptor_);
  if (end < 0) return tl::unexpected(error("seek"));
  return end;
}

Result<void> File::truncate(off_t size) {
  if (filing_.ftruncate(descriptor_, size) != 0) return tl::unexpected(error("shorten"));
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

Result<void> sync_directory(const std::string& directory, Filing& filing) {
  auto file = File::open(directory, O_RDONLY | O_DIRECTORY, filing);
  if (!file) return tl::unexpected(file.error());
  return file->sync_names();
}

Result<std::optional<Bytes>> read_file(const std::string& path, std::size_t limit, Filing& filing) {
  auto file = File::open(path, O_RDONLY, filing);
  if (!file && file.error().code == ErrorCode::NotFound) return std::nullopt;
  if (!file) return tl::unexpected(file.error());
  auto content = file->read_all(limit);
  if (!content) return tl::unexpected(content.error());
  return std::optional(std::move(*content));
}

Result<void> replace_file(const std::string& directory, const std::string& name, ByteView content, Filing& filing) {
  const std::string path = directory + "/" + name;
  const std::string temporary = path + "~";  // no key ends like this
  {
    // A link that somebody laid there would lead the content elsewhere.
    const int no_link = SYNCER_MUTATED("store.follow_links") ? 0 : O_NOFOLLOW;
    auto file = File::open(temporary, O_WRONLY | O_CREAT | O_TRUNC | no_link, filing);
    if (!file) return tl::unexpected(file.error());
    if (auto written = file->write_all(content); !written) return written;
    if (auto synced = file->sync(); !synced) return synced;
  }
  if (filing.rename(temporary.c_str(), path.c_str()) != 0) {
    return tl::unexpected(system_error(path, "rename to", errno));
  }
  return SYNCER_MUTATED("store.forget_new_names") ? Result<void>() : sync_directory(directory, filing);
}

Result<void> append_file(const std::string& directory, const std::string& name, ByteView bytes, Filing& filing) {
  auto file = File::open(directory + "/" + name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, filing);
  if (!file) return tl::unexpected(file.error());
  const auto before = file->seek_end();
  if (!before) return tl::unexpected(before.error());
  auto stored = file->write_all(bytes);
  if (stored) stored = file->sync();
  if (stored && *before == 0 && !SYNCER_MUTATED("store.forget_new_names")) stored = sync_directory(directory, filing);
  // Half a record in the middle of a log would cut off all that follows.
  if (!stored && !SYNCER_MUTATED("store.keep_torn_records") && !file->truncate(*before)) {
    stored.error().detail += "; the file now ends with a torn record";
  }
  return stored;
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
