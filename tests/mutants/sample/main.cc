// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "tests/mutants/sample/sample.h"

int main() {
  sample::Counter counter;
  counter.add(4);
  counter.add(-4);
  const bool may_add = counter.may_add(1);
  counter.add(6);
  const bool full = counter.is_full();
  const int total = counter.total();
  counter.restart();
  std::cout << total << ' ' << may_add << full << counter.total() << ' ' << sample::difference(5, 3) << ' '
            << sample::sum_of_even({1, 2, 4}) << ' ' << sample::larger(1, 2) << ' ' << sample::sign(0)
            << sample::sign(-7) << sample::sign(7) << '\n';
  return 0;
}
