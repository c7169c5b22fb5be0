// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "syncer/base/result.h"

namespace sim::real {

/// A program that runs in a network namespace. It is killed with this object, and when this program dies.
class Child {
 public:
  struct Order {
    std::vector<std::string> words;        ///< the program's path and its arguments
    std::vector<std::string> environment;  ///< all of it, NAME=VALUE
    int network = -1;                      ///< descriptor of the namespace
    std::string log;                       ///< file that its output is added to
  };
  /// The child has the writing end of pipe() as descriptor kPipe.
  static syncer::Result<std::unique_ptr<Child>> start(const Order& order);
  static constexpr int kPipe = 3;
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void signal(int number) const;
  /// The end from which what it says is read; does not block.
  int pipe() const { return pipe_; }
  /// For poll(2): readable once the process has ended.
  int end() const { return process_; }
  /// Once it has ended: its exit code, or 128 and the number of the signal.
  int take_exit_code();

 private:
  Child(int id, int process, int pipe) : id_(id), process_(process), pipe_(pipe) {}
  int id_;
  int process_;
  int pipe_;
  bool is_over_ = false;
};

}  // namespace sim::real
