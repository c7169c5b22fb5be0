// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace sim::cli {
namespace {

constexpr int kNotStarted = 127;

[[noreturn]] void become(const std::vector<std::string>& words, int out) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::dup2(out, STDOUT_FILENO);
  ::execvp(argv.front(), argv.data());
  std::fprintf(stderr, "%s: %s\n", argv.front(), std::strerror(errno));
  ::_exit(kNotStarted);
}

std::string read_all(int in) {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(in, buffer, sizeof buffer);
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return text;
  }
}

}  // namespace

syncer::Result<Finished> run_program(const std::vector<std::string>& words) {
  const auto failed = [&] { return syncer::failure(syncer::ErrorCode::Io, words.front(), std::strerror(errno)); };
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return failed();
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) become(words, ends[1]);
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return failed();
  }
  Finished finished;
  finished.output = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  finished.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  if (finished.exit_code != kNotStarted) return finished;
  return syncer::failure(syncer::ErrorCode::Io, words.front(), "could not be started");
}

ScratchFolder::ScratchFolder() {
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "syncsim-XXXXXX").string();
  if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  if (!path_.empty()) std::filesystem::remove_all(path_, error);
}

}  // namespace sim::cli
