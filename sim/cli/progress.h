// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sim::cli {

/// One status line on a terminal, redrawn; a line every 10 s otherwise. On the standard error, so that results stay
/// clean.
class Progress {
 public:
  Progress(std::string name, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::size_t done, std::size_t failed);
  /// Real time since the beginning.
  std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - begin_; }

 private:
  std::string name_;
  std::size_t total_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_ = begin_;
};

}  // namespace sim::cli
