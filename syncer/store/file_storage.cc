// SPDX-License-Identifier: Apache-2.0
#include "syncer/store/file_storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/store/file.h"

namespace syncer::store {
namespace {

/// Upper case, so that it can be no key.
constexpr const char* kLockFile = "LOCK";
constexpr std::size_t kLargestValue = 256U << 20U;

bool is_key(std::string_view key) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !key.empty() && key.size() <= 200 && key.front() != '.' && std::all_of(key.begin(), key.end(), allowed);
}

Result<File> lock_directory(const std::string& directory) {
  auto lock = File::open(directory + "/" + kLockFile, O_RDWR | O_CREAT);
  if (!lock || ::flock(lock->descriptor(), LOCK_EX | LOCK_NB) == 0) return lock;
  return failure(ErrorCode::Conflict, directory,
                 "another syncer is using this data directory; stop it, or give this one another --node or --data-dir");
}

/// What somebody else may write there, an epoch or a vote, would be believed.
Result<void> check_owner(const std::string& directory) {
  constexpr mode_t kWrittenByOthers = 022;
  struct stat about {};
  if (::stat(directory.c_str(), &about) != 0 || (about.st_mode & kWrittenByOthers) == 0) return {};
  return failure(ErrorCode::Invalid, directory, "others may write this data directory; chmod 700 it");
}

}  // namespace

struct FileStorage::State : std::enable_shared_from_this<State> {
  struct Job {
    CallId id;
    std::string key;
    Bytes bytes;
    bool append;
  };

  State(std::string d, bool m, Post p, Done f, File l, Filing& calls)
      : directory(std::move(d)),
        made(m),
        post(std::move(p)),
        done(std::move(f)),
        filing(calls),
        lock_file(std::move(l)) {}

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      const Job job = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      auto outcome = job.append ? append_file(directory, job.key, job.bytes, filing)
                                : replace_file(directory, job.key, job.bytes, filing);
      post([self = shared_from_this(), id = job.id, outcome = std::move(outcome)] {
        if (!self->closed) self->done(id, outcome);
      });
      lock.lock();
    }
  }

  void add(CallId id, std::string_view key, Bytes bytes, bool append) {
    SYNCER_ASSERT(is_key(key));
    {
      const std::lock_guard lock(mutex);
      queue.push_back({id, std::string(key), std::move(bytes), append});
    }
    wake.notify_one();
  }

  const std::string directory;
  const bool made;  ///< by us
  const Post post;
  const Done done;
  Filing& filing;
  std::optional<File> lock_file;  ///< the lock lasts as long as the descriptor
  std::mutex mutex;               ///< guards queue and stopping
  std::condition_variable wake;
  std::deque<Job> queue;
  bool stopping = false;
  bool closed = false;  ///< owner's thread only
  std::thread worker;
};

Result<std::unique_ptr<FileStorage>> FileStorage::open(std::string directory, Post post, Done done, Filing& filing) {
  std::error_code unknown;
  const bool is_new = !std::filesystem::exists(directory, unknown);
  if (auto made = make_directories(directory); !made) return tl::unexpected(made.error());
  if (auto own = check_owner(directory); !own) return tl::unexpected(own.error());
  auto lock = lock_directory(directory);
  if (!lock) return tl::unexpected(lock.error());
  // A log that an earlier process made may have died before its name was durable.
  if (auto synced = sync_directory(directory, filing); !synced) return tl::unexpected(synced.error());
  auto state =
      std::make_shared<State>(std::move(directory), is_new, std::move(post), std::move(done), std::move(*lock), filing);
  state->worker = std::thread([raw = state.get()] { raw->work(); });  // joined before the state goes
  return std::unique_ptr<FileStorage>(new FileStorage(std::move(state)));
}

FileStorage::FileStorage(std::shared_ptr<State> state) : state_(std::move(state)) {}

FileStorage::~FileStorage() {
  state_->closed = true;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_one();
  state_->worker.join();
  state_->lock_file.reset();  // results still on their way keep the state alive, but not the lock
}

Result<std::optional<Bytes>> FileStorage::read(std::string_view key) {
  SYNCER_ASSERT(is_key(key));
  return read_file(state_->directory + "/" + std::string(key), kLargestValue, state_->filing);
}

void FileStorage::write(CallId id, std::string_view key, Bytes value) { state_->add(id, key, std::move(value), false); }

void FileStorage::append(CallId id, std::string_view key, Bytes bytes) { state_->add(id, key, std::move(bytes), true); }

void FileStorage::abandon() {
  if (!state_->made) return;
  std::error_code failed;
  const auto all = std::filesystem::directory_iterator(state_->directory, failed);
  if (failed || std::distance(begin(all), end(all)) != 1) return;
  // Under the lock, so that no other process begins to use the directory meanwhile.
  const std::string lock = state_->directory + "/" + kLockFile;
  if (::unlink(lock.c_str()) == 0) ::rmdir(state_->directory.c_str());
}

}  // namespace syncer::store
