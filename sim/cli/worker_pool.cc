// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/worker_pool.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>
#include <utility>

#include "sim/report/summary.h"

namespace sim::cli {
namespace {

constexpr int kInternal = 70;
constexpr int kTurnMs = 100;
/// The first letter of a worker's line: it begins a run, or it says what it dies of. A result begins with "{".
constexpr char kBegin = '@';
constexpr char kDeath = '!';

bool write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return true;
}

std::atomic<std::uint64_t>* shared_number() {
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "processes share it");
  void* memory =
      ::mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "memory for worker processes");
  return new (memory) std::atomic<std::uint64_t>(0);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

WorkerPool::WorkerPool(const Runs& runs, std::size_t jobs) : runs_(runs), next_(shared_number()), told_(runs.count) {
  const std::size_t count = std::min(std::max<std::size_t>(jobs, 1), runs.count);
  for (std::size_t i = 0; i < count; ++i) start();
}

WorkerPool::~WorkerPool() {
  for (const Worker& worker : workers_) {
    ::kill(worker.pid, SIGKILL);
    wait_for(worker.pid);
    ::close(worker.in);
  }
  ::munmap(next_, sizeof *next_);
}

/// The life of a worker: a line when it begins a run, and one for what came of it.
void WorkerPool::work(int out) const {
  try {
    for (std::uint64_t place = next_->fetch_add(1); place < runs_.count; place = next_->fetch_add(1)) {
      if (!write_all(out, kBegin + std::to_string(place) + "\n")) ::_exit(kInternal);
      if (!write_all(out, report::to_line(runs_.play(place)) + "\n")) ::_exit(kInternal);
    }
  } catch (const std::exception& e) {
    std::string reason = e.what();
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    write_all(out, kDeath + reason + "\n");
    ::_exit(kInternal);
  }
  ::_exit(0);
}

void WorkerPool::start() {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return;
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(ends[0]);
    work(ends[1]);
  }
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return;
  }
  Worker worker;
  worker.pid = pid;
  worker.in = ends[0];
  workers_.push_back(std::move(worker));
}

bool WorkerPool::turn() {
  std::vector<pollfd> fds;
  for (const Worker& worker : workers_) fds.push_back({worker.in, POLLIN, 0});
  if (!fds.empty() && ::poll(fds.data(), fds.size(), kTurnMs) > 0) {
    for (std::size_t i = fds.size(); i-- > 0;) {
      if (fds[i].revents != 0 && !read_from(workers_[i])) finish(i);
    }
  }
  if (!workers_.empty()) return true;
  // What nobody said anything of: no process could be started, or it ended at once.
  for (std::size_t place = 0; place < told_.size(); ++place) {
    if (!told_[place]) crash(place, "no process");
  }
  return false;
}

/// False at the end of a worker's answers.
bool WorkerPool::read_from(Worker& worker) {
  char buffer[65536];
  const ssize_t n = ::read(worker.in, buffer, sizeof buffer);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  worker.text.append(buffer, static_cast<std::size_t>(n));
  for (std::size_t end = worker.text.find('\n'); end != std::string::npos; end = worker.text.find('\n')) {
    take(worker, worker.text.substr(0, end));
    worker.text.erase(0, end + 1);
  }
  return n > 0;
}

void WorkerPool::take(Worker& worker, const std::string& line) {
  if (line.front() == kDeath) {
    worker.died_of = line.substr(1);
  } else if (line.front() == kBegin) {
    worker.place = static_cast<std::size_t>(std::stoull(line.substr(1)));
    worker.busy = true;
    runs_.begun(worker.place);
  } else if (auto result = report::from_line(line); result && worker.busy) {
    worker.busy = false;
    told_[worker.place] = true;
    runs_.done(worker.place, std::move(*result));
  }
}

/// A worker that ends amid a run died of it; another goes on with the rest.
void WorkerPool::finish(std::size_t index) {
  const Worker worker = std::move(workers_[index]);
  workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(index));
  ::close(worker.in);
  const int status = wait_for(worker.pid);
  if (!worker.busy) return;
  const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                              : "exit code " + std::to_string(WEXITSTATUS(status));
  crash(worker.place, worker.died_of.empty() ? how : how + ": " + worker.died_of);
  if (next_->load() < runs_.count) start();
}

void WorkerPool::crash(std::size_t place, const std::string& how) {
  told_[place] = true;
  runs_.crashed(place, how);
}

}  // namespace sim::cli
