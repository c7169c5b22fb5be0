// SPDX-License-Identifier: Apache-2.0
#include "tests/mutants/sample/sample.h"

#include <algorithm>

#define SYNCER_MUTATED(name) false
#define SYNCER_ASSERT(condition) static_cast<void>(condition)

namespace sample {
namespace {

constexpr int kRoom = 10;

int minus(int left, int right) { return left - right; }

template <class Value>
Value same(Value value) {
  return value;
}

}  // namespace

bool Counter::is_full() const { return total_ >= kRoom; }

bool Counter::may_add(int amount) const { return !is_full() && amount > 0; }

void Counter::add(int amount) {
  SYNCER_ASSERT(amount < 1000);
  if (!may_add(amount)) return;
  if (SYNCER_MUTATED("sample.forget_amounts")) return;
  total_ += amount;  // never less
  added_ = true;
}

void Counter::restart() {
  if (added_) total_ = 0;
}

int difference(int left, int right) { return minus(left, right); }

int sum_of_even(const std::vector<int>& numbers) {
  int sum = 0;
  for (const int number : numbers) {
    if (number % 2 != 0) continue;
    sum = sum + number;
  }
  return sum;
}

int larger(int left, int right) { return same(std::max(left, right)); }

int sign(int number) {
  switch (number) {
    case 0:
      return 0;
    default:
      break;
  }
  return number < 0 ? -1 : 1;
}

int never_reached(int number) { return number + 1; }

}  // namespace sample
