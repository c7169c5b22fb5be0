// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/store/filing.h"

namespace syncer::store {

/// A disk in memory that forgets in a crash whatever was not synced, and fails at the call it is told to. One
/// directory.
class MemoryFiling : public Filing {
 public:
  /// What a call does instead of its work.
  enum class Fault { Fails, WritesHalf, Crashes };

  /// The n-th call from now (0 is the next) fails with this errno, once.
  void fail_at(std::size_t n, Fault fault, int number = EIO) {
    fault_ = fault;
    number_ = number;
    fails_at_ = calls_.size() + n;
  }
  /// The machine dies: names and content are those that are durable; of what was written since, `survives` bytes of
  /// each file are there all the same.
  void crash(std::size_t survives = 0) {
    names_ = durable_names_;
    open_.clear();
    for (auto& [id, file] : files_) {
      if (file.content.size() < file.durable.size() || survives == 0) file.content = file.durable;
      file.content.resize(std::min(file.content.size(), file.durable.size() + survives));
    }
    crashed_ = false;
  }

  std::optional<std::string> content(const std::string& path) const {
    const auto name = names_.find(path);
    if (name == names_.end()) return std::nullopt;
    return files_.at(name->second).content;
  }
  const std::vector<std::string>& calls() const { return calls_; }

  int open(const char* path, int flags, mode_t) override {
    if (fails("open")) return -1;
    if ((flags & O_DIRECTORY) != 0) return add(kDirectory);
    auto name = names_.find(path);
    if (name == names_.end() && (flags & O_CREAT) == 0) return errno = ENOENT, -1;
    if (name == names_.end()) {
      name = names_.emplace(path, next_file_++).first;
      files_[name->second];
    }
    if ((flags & O_TRUNC) != 0) files_[name->second].content.clear();
    return add(name->second);
  }
  int close(int descriptor) override { return static_cast<int>(open_.erase(descriptor)) - 1; }
  ssize_t read(int descriptor, void* bytes, std::size_t size) override {
    if (fails("read")) return -1;
    Open& open = open_.at(descriptor);
    const std::string& content = files_.at(open.file).content;
    const std::size_t count = std::min(size, content.size() - open.offset);
    std::memcpy(bytes, content.data() + open.offset, count);
    open.offset += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(int descriptor, const void* bytes, std::size_t size) override {
    const bool half = calls_.size() == fails_at_ && fault_ == Fault::WritesHalf;
    if (!half && fails("write")) return -1;
    if (half) calls_.emplace_back("write");
    const std::size_t count = half ? (size + 1) / 2 : size;
    files_.at(open_.at(descriptor).file).content.append(static_cast<const char*>(bytes), count);
    return static_cast<ssize_t>(count);
  }
  int fdatasync(int descriptor) override {
    if (fails("fdatasync")) return -1;
    File& file = files_.at(open_.at(descriptor).file);
    file.durable = file.content;
    return 0;
  }
  int fsync(int) override {
    if (fails("fsync")) return -1;
    durable_names_ = names_;
    return 0;
  }
  int ftruncate(int descriptor, off_t size) override {
    if (fails("ftruncate")) return -1;
    files_.at(open_.at(descriptor).file).content.resize(static_cast<std::size_t>(size));
    return 0;
  }
  off_t seek_end(int descriptor) override {
    if (fails("lseek")) return -1;
    return static_cast<off_t>(files_.at(open_.at(descriptor).file).content.size());
  }
  int rename(const char* from, const char* to) override {
    if (fails("rename")) return -1;
    names_[to] = names_.at(from);
    names_.erase(from);
    return 0;
  }

 private:
  static constexpr std::uint64_t kDirectory = 0;
  struct File {
    std::string content;
    std::string durable;
  };
  struct Open {
    std::uint64_t file;
    std::size_t offset = 0;
  };

  bool fails(const char* call) {
    const bool now = calls_.size() == fails_at_;
    calls_.emplace_back(call);
    if (now && fault_ == Fault::Crashes) crashed_ = true;
    if (!now && !crashed_) return false;
    errno = number_;
    return true;
  }
  int add(std::uint64_t file) {
    open_[++last_descriptor_] = {file};
    return last_descriptor_;
  }

  std::map<std::string, std::uint64_t> names_;
  std::map<std::string, std::uint64_t> durable_names_;
  std::map<std::uint64_t, File> files_;
  std::map<int, Open> open_;
  std::uint64_t next_file_ = kDirectory + 1;
  int last_descriptor_ = 2;
  std::vector<std::string> calls_;
  std::size_t fails_at_ = SIZE_MAX;
  Fault fault_ = Fault::Fails;
  int number_ = EIO;
  bool crashed_ = false;  // nothing works any more until crash()
};

}  // namespace syncer::store
