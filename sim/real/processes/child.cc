// SPDX-License-Identifier: Apache-2.0
#include "sim/real/processes/child.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace sim::real {
namespace {

using syncer::ErrorCode;
using syncer::failure;

constexpr int kCannotStart = 127;
/// Room for what a syncer says while this program is busy.
constexpr int kPipeSize = 1 << 20;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

/// In the child, between fork and exec: only what is safe there.
[[noreturn]] void become(int network, int log, int pipe, char* const* words, char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool ready = ::setns(network, CLONE_NEWNET) == 0 && ::dup2(log, STDOUT_FILENO) >= 0 &&
                     ::dup2(log, STDERR_FILENO) >= 0 && ::dup2(pipe, Child::kPipe) >= 0;
  if (ready) {
    // Nothing else of ours is for the child.
    ::close_range(Child::kPipe + 1, ~0U, 0);
    ::execve(words[0], words, environment);
  }
  ::_exit(kCannotStart);
}

}  // namespace

syncer::Result<std::unique_ptr<Child>> Child::start(const Order& order) {
  std::vector<std::string> words = order.words;
  std::vector<std::string> environment = order.environment;
  const std::vector<char*> word_pointers = pointers(words);
  const std::vector<char*> environment_pointers = pointers(environment);
  const int log = ::open(order.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::array<int, 2> ends{-1, -1};
  const auto system = [&](const char* what) {
    const int number = errno;
    for (const int one : {log, ends[0], ends[1]}) {
      if (one >= 0) ::close(one);
    }
    return failure(ErrorCode::Io, order.words.front(),
                   std::string("cannot ") + what + ": " + std::generic_category().message(number));
  };
  if (log < 0) return system("open its log");
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system("make a pipe");
  static_cast<void>(::fcntl(ends[1], F_SETPIPE_SZ, kPipeSize));
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const int id = ::fork();
  if (id == 0) become(order.network, log, ends[1], word_pointers.data(), environment_pointers.data());
  if (id < 0) return system("start it");
  ::close(log);
  ::close(ends[1]);
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
  return std::unique_ptr<Child>(new Child(id, process, ends[0]));
}

Child::~Child() {
  if (!is_over_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(process_);
  ::close(pipe_);
}

void Child::signal(int number) const {
  if (!is_over_) ::kill(id_, number);
}

int Child::take_exit_code() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  is_over_ = true;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace sim::real
