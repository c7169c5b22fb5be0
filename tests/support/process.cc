// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace test {

struct Process::State {
  ~State() {
    if (!reaped) ::kill(pid, SIGKILL);
    if (!reaped) ::waitpid(pid, nullptr, 0);
    reader.join();
    ::close(from_child);
  }

  /// Collects lines until both ends of the pipe are closed.
  void read() {
    std::array<char, 4096> chunk;
    std::string rest;
    ssize_t size = 0;
    while ((size = ::read(from_child, chunk.data(), chunk.size())) > 0) {
      rest.append(chunk.data(), static_cast<std::size_t>(size));
      const std::lock_guard lock(mutex);
      for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
        lines.push_back(rest.substr(0, end));
        rest.erase(0, end + 1);
      }
      changed.notify_all();
    }
    const std::lock_guard lock(mutex);
    if (!rest.empty()) lines.push_back(rest);
    ended = true;
    changed.notify_all();
  }

  pid_t pid = 0;
  int from_child = -1;
  bool reaped = false;
  int exit_code = 0;
  std::mutex mutex;  ///< guards lines and ended
  std::condition_variable changed;
  std::vector<std::string> lines;
  bool ended = false;
  std::thread reader;
};

namespace {

[[noreturn]] void become(const std::vector<std::string>& words, const std::vector<std::string>& environment,
                         int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  for (const std::string& variable : environment) ::putenv(const_cast<char*>(variable.c_str()));
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::perror(argv[0]);
  ::_exit(127);
}

}  // namespace

Process::Process(std::vector<std::string> words, std::vector<std::string> environment)
    : state_(std::make_unique<State>()) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  state_->pid = ::fork();
  if (state_->pid == 0) become(words, environment, ends[1]);
  ::close(ends[1]);
  state_->from_child = ends[0];
  state_->reader = std::thread([state = state_.get()] { state->read(); });
}

Process::~Process() = default;
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;

std::optional<std::string> Process::wait_for_line(const std::vector<std::string>& parts, milliseconds patience) const {
  const auto matches = [&](const std::string& line) {
    return std::all_of(parts.begin(), parts.end(),
                       [&](const auto& part) { return line.find(part) != std::string::npos; });
  };
  std::unique_lock lock(state_->mutex);
  std::size_t next = 0;
  std::optional<std::string> found;
  state_->changed.wait_for(lock, patience, [&] {
    for (; !found && next < state_->lines.size(); ++next) {
      if (matches(state_->lines[next])) found = state_->lines[next];
    }
    return found || state_->ended;
  });
  return found;
}

std::optional<int> Process::wait_for_exit(milliseconds patience) {
  if (state_->reaped) return state_->exit_code;
  std::unique_lock lock(state_->mutex);
  if (!state_->changed.wait_for(lock, patience, [&] { return state_->ended; })) return std::nullopt;
  int status = 0;
  ::waitpid(state_->pid, &status, 0);
  state_->reaped = true;
  state_->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return state_->exit_code;
}

void Process::signal(int number) const {
  if (!state_->reaped) ::kill(state_->pid, number);
}

std::string Process::output() const {
  const std::lock_guard lock(state_->mutex);
  std::string all;
  for (const std::string& line : state_->lines) all += line + "\n";
  return all;
}

long Process::resident_kib() const {
  std::ifstream status("/proc/" + std::to_string(state_->pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

double Process::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(state_->pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;  // state to cmajflt
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

bool Process::running() const {
  const std::lock_guard lock(state_->mutex);
  return !state_->ended;
}

}  // namespace test
