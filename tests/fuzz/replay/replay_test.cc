// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "syncer/base/random.h"
#include "tests/fuzz/replay/seeds.h"
#include "tests/fuzz/replay/targets.h"
#include "tests/support/allocations/allocations.h"

namespace fuzz {
namespace {

using syncer::Bytes;
using syncer::Random;

/// No input may make us take more memory than this, whatever lengths and counts it declares.
constexpr std::size_t kMostMemory = 64U << 20U;

void feed(Target target, const Bytes& bytes) {
  // Not an byte more than there are: AddressSanitizer sees each read beyond the end.
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), exact.get());
  const test::Allocations allocations;
  target(exact.get(), bytes.size());
  EXPECT_LE(allocations.peak(), kMostMemory) << syncer::to_hex(bytes);
}

/// SYNCER_FUZZ_INPUTS=1000000 feeds more to each target. The same number gives the same inputs.
long inputs() {
  const char* given = std::getenv("SYNCER_FUZZ_INPUTS");
  return given == nullptr ? 20000 : std::max(1L, std::strtol(given, nullptr, 10));
}

/// The blunt half of what a fuzzer does: flips, cuts, doublings, and pieces of other inputs.
Bytes mutated(const std::vector<Bytes>& seeds, Random& random) {
  Bytes bytes = seeds[random.below(seeds.size())];
  bytes.resize(std::min<std::size_t>(bytes.size(), 4096));
  for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = random.below(bytes.size());
    switch (random.below(4)) {
      case 0:
        bytes[at] = static_cast<char>(random.next());
        break;
      case 1:
        bytes.resize(at);
        break;
      case 2:
        bytes.insert(at, bytes.substr(at, 64));
        break;
      default:
        bytes.insert(at, seeds[random.below(seeds.size())].substr(0, 64));
    }
  }
  return bytes;
}

class EveryTarget : public testing::TestWithParam<std::pair<const char*, Target>> {};

TEST_P(EveryTarget, SurvivesTheCorpus) {
  const auto corpus = seeds();
  ASSERT_GE(corpus.size(), 3U);
  for (const Bytes& bytes : corpus) feed(GetParam().second, bytes);
}

TEST_P(EveryTarget, SurvivesMutatedInput) {
  const auto corpus = seeds();
  Random random(1);
  for (long i = inputs(); i > 0; --i) feed(GetParam().second, mutated(corpus, random));
}

INSTANTIATE_TEST_SUITE_P(Fuzzers, EveryTarget, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.first); });

}  // namespace
}  // namespace fuzz
