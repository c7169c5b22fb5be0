// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>

#include "tests/fuzz/replay/seeds.h"

// fuzz_corpus DIRECTORY: writes each seed to a file of its own, for libFuzzer to begin with.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_corpus DIRECTORY\n", stderr);
    return 2;
  }
  std::size_t number = 0;
  for (const syncer::Bytes& bytes : fuzz::seeds()) {
    std::ofstream file(std::string(argv[1]) + "/seed-" + std::to_string(number++), std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) return 1;
  }
  return 0;
}
