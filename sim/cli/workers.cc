// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/workers.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

#include "sim/cli/play.h"
#include "sim/report/summary.h"

namespace sim::cli {
namespace {

constexpr int kInternal = 70;
constexpr int kTurnMs = 100;
/// Begins the line in which a worker says what it dies of; a result begins with "{".
constexpr char kDeath = '!';

using Play = std::function<scenario::RunResult(std::uint64_t)>;

bool write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return true;
}

/// The life of a worker process: one line a seed, or what it dies of; never returns.
[[noreturn]] void work(int out, const std::vector<std::uint64_t>& seeds, const Play& play) {
  try {
    for (const std::uint64_t seed : seeds) {
      if (!write_all(out, report::to_line(play(seed)) + "\n")) ::_exit(kInternal);
    }
  } catch (const std::exception& e) {
    std::string reason = e.what();
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    write_all(out, kDeath + reason + "\n");
    ::_exit(kInternal);
  }
  ::_exit(0);
}

/// One forked process and the seeds it has not answered for.
struct Worker {
  pid_t pid = -1;
  int in = -1;
  std::vector<std::uint64_t> left;
  std::string text;
  std::string died_of;  ///< in its own words; empty when it could not say
};

class Pool {
 public:
  Pool(const Play& play, Harvest& harvest) : play_(play), harvest_(harvest) {}

  void start(std::vector<std::uint64_t> seeds) {
    if (seeds.empty()) return;
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) return give_up(seeds, "no pipe");
    std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close(ends[0]);
      work(ends[1], seeds, play_);
    }
    ::close(ends[1]);
    if (pid < 0) {
      ::close(ends[0]);
      return give_up(seeds, "no process");
    }
    workers_.push_back({pid, ends[0], std::move(seeds), ""});
  }

  bool busy() const { return !workers_.empty(); }

  void turn() {
    std::vector<pollfd> fds;
    for (const Worker& w : workers_) fds.push_back({w.in, POLLIN, 0});
    if (::poll(fds.data(), fds.size(), kTurnMs) <= 0) return;
    for (std::size_t i = fds.size(); i-- > 0;) {
      if (fds[i].revents != 0 && !read_from(workers_[i])) finish(i);
    }
  }

 private:
  /// False at the end of a worker's answers.
  bool read_from(Worker& worker) {
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

  void take(Worker& worker, const std::string& line) {
    if (line.front() == kDeath) {
      worker.died_of = line.substr(1);
      return;
    }
    const auto result = report::from_line(line);
    if (!result || worker.left.empty()) return;
    worker.left.erase(worker.left.begin());
    harvest_.results.push_back(*result);
  }

  /// A worker that ended with seeds left died on the first of them; another goes on with the rest.
  void finish(std::size_t i) {
    Worker worker = std::move(workers_[i]);
    workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i));
    ::close(worker.in);
    int status = 0;
    while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (worker.left.empty()) return;
    const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                : "exit code " + std::to_string(WEXITSTATUS(status));
    harvest_.crashes.push_back({worker.left.front(), worker.died_of.empty() ? how : how + ": " + worker.died_of});
    worker.left.erase(worker.left.begin());
    start(std::move(worker.left));
  }

  void give_up(const std::vector<std::uint64_t>& seeds, const char* why) {
    for (const std::uint64_t seed : seeds) harvest_.crashes.push_back({seed, why});
  }

  const Play& play_;
  Harvest& harvest_;
  std::vector<Worker> workers_;
};

}  // namespace

Harvest play_in_workers(const std::vector<std::uint64_t>& seeds, std::size_t jobs, const Play& play,
                        const std::function<void(const Harvest&)>& on_progress) {
  Harvest harvest;
  Pool pool(play, harvest);
  const std::size_t workers = std::clamp<std::size_t>(jobs, 1, std::max<std::size_t>(seeds.size(), 1));
  for (std::size_t w = 0; w < workers; ++w) {
    std::vector<std::uint64_t> share;
    for (std::size_t i = w; i < seeds.size(); i += workers) share.push_back(seeds[i]);
    pool.start(std::move(share));
  }
  while (pool.busy()) {
    pool.turn();
    on_progress(harvest);
  }
  const auto by_seed = [](const auto& a, const auto& b) { return a.seed < b.seed; };
  std::sort(harvest.results.begin(), harvest.results.end(), by_seed);
  std::sort(harvest.crashes.begin(), harvest.crashes.end(), by_seed);
  return harvest;
}

namespace {

std::size_t failed(const Harvest& harvest) {
  const auto& all = harvest.results;
  const auto is_bad = [](const scenario::RunResult& r) { return r.verdict != scenario::Verdict::Ok; };
  const auto bad = std::count_if(all.begin(), all.end(), is_bad);
  return static_cast<std::size_t>(bad) + harvest.crashes.size();
}

}  // namespace

std::size_t processors() {
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<std::size_t>(online) : 1;
}

report::Suite play_suite(const scenario::Scenario& scenario, const Arguments& arguments) {
  const std::vector<std::uint64_t> seeds = seeds_of(scenario, arguments.seeds);
  report::Suite suite;
  suite.file = scenario.file;
  suite.name = scenario.name;
  Progress progress(scenario.name, seeds.size());
  const bool counts = !arguments.coverage.empty();
  const auto play_one = [&](std::uint64_t seed) {
    return counts ? play_counted(scenario, seed) : play(scenario, seed);
  };
  const std::size_t jobs = arguments.jobs == 0 ? processors() : static_cast<std::size_t>(arguments.jobs);
  Harvest harvest = play_in_workers(
      seeds, jobs, play_one, [&](const Harvest& h) { progress.show(h.results.size() + h.crashes.size(), failed(h)); });
  suite.wall = progress.elapsed();
  suite.results = std::move(harvest.results);
  suite.crashes = std::move(harvest.crashes);
  return suite;
}

Progress::Progress(std::string name, std::size_t total)
    : name_(std::move(name)), total_(total), terminal_(::isatty(STDERR_FILENO) == 1) {
  next_ += terminal_ ? std::chrono::milliseconds(300) : std::chrono::milliseconds(10'000);
}

Progress::~Progress() {
  if (terminal_ && shown_) std::fputs("\r\033[K", stderr);
}

void Progress::show(std::size_t done, std::size_t failed) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000));
  shown_ = true;
  std::fprintf(stderr, "%s[%zu/%zu] %s  %zu failed%s", terminal_ ? "\r\033[K" : "", done, total_, name_.c_str(), failed,
               terminal_ ? "" : "\n");
}

}  // namespace sim::cli
