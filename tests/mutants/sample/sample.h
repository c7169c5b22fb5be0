// SPDX-License-Identifier: Apache-2.0
// A source for the test of tests/mutants: each function holds one kind of place that a fault is made of.
#pragma once

#include <vector>

namespace sample {

/// A product in the small: what each function answers is printed by main.cc.
class Counter {
 public:
  bool is_full() const;
  bool may_add(int amount) const;
  void add(int amount);
  void restart();
  int total() const { return total_; }

 private:
  int total_ = 0;
  bool added_ = false;
};

int difference(int left, int right);
int sum_of_even(const std::vector<int>& numbers);
int larger(int left, int right);
int sign(int number);
int never_reached(int number);

}  // namespace sample
