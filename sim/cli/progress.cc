// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace sim::cli {

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
