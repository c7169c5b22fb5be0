// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace test {

using std::chrono::milliseconds;

/// A program under test. It is killed at the latest when its owner goes or the test process dies.
class Process {
 public:
  /// Starts it with the given words; `environment` ("NAME=value") is added to the test's own.
  explicit Process(std::vector<std::string> words, std::vector<std::string> environment = {});
  ~Process();
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;

  /// The first line of standard output or error, so far or to come, that contains all the parts; nothing when none came
  /// in time or the process ended before.
  std::optional<std::string> wait_for_line(const std::vector<std::string>& parts, milliseconds patience) const;
  /// Exit code, or minus the number of the signal that ended it; nothing when it still runs after that time.
  std::optional<int> wait_for_exit(milliseconds patience);
  void signal(int number) const;
  /// Everything it wrote so far.
  std::string output() const;
  /// Resident memory now, in KiB.
  long resident_kib() const;
  /// Time of a processor that it used so far.
  double cpu_seconds() const;
  bool running() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace test
