// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/property/replication/world.h"

namespace syncer::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Small limits, so that windows, batches and chunks overflow with a handful of keys.
Options tight() {
  Options options;
  options.batch_entries = 2;
  options.batch_bytes = 40;
  options.window_bytes = 60;
  options.tombstone_age = seconds(5);
  return options;
}

using Step = std::pair<std::uint8_t, std::uint8_t>;

void take(World& world, Step step) {
  const auto [kind, n] = step;
  switch (kind % 16) {
    case 0:
    case 1:
    case 2:
      return world.put(n % 8, n / 8 % 4);
    case 3:
    case 4:
      return world.erase(n % 8);
    case 5:
      return world.pass(milliseconds(n * 2));
    case 6:
      return world.pass(milliseconds(n * 20));
    case 7:
      return world.lose(n);
    case 8:
      return world.deliver(n, true);
    case 9:
      return n % 4 == 0 ? world.fail_over(n / 4 % 8) : world.pass(milliseconds(25));
    case 10:
      return n % 4 == 0 ? world.restart_reader(n / 4 % World::kReaders) : world.deliver(0, false);
    case 11:
      return world.restart_link(n % World::kReaders);
    default:
      return world.deliver(n, false);
  }
}

/// The same where readers have turns, now and then.
void take_with_turns(World& world, Step step) {
  const auto [kind, n] = step;
  if (kind % 16 == 12)
    world.pace(n % World::kReaders, n / 2 % 4 == 0 ? std::nullopt : std::optional<std::size_t>(n / 8));
  else if (kind % 16 == 13)
    world.take_turn(n % World::kReaders);
  else
    take(world, step);
}

std::vector<Step> any_steps() {
  return *rc::gen::scale(4.0, rc::gen::container<std::vector<Step>>(rc::gen::pair(rc::gen::arbitrary<std::uint8_t>(),
                                                                                  rc::gen::arbitrary<std::uint8_t>())));
}

RC_GTEST_PROP(Exchange, KeepsItsLawsWhateverTheNetworkDoes, ()) {
  World world(tight());
  for (const Step& step : any_steps()) take(world, step);
  RC_ASSERT(world.broken == "");
  RC_ASSERT(world.mismatches == 0U);
}

RC_GTEST_PROP(Exchange, IsEqualSoonAfterTheFaultsStop, ()) {
  World world(tight());
  for (const Step& step : any_steps()) take(world, step);
  world.settle(seconds(8));
  RC_ASSERT(world.broken == "");
  RC_ASSERT(world.equal());
}

RC_GTEST_PROP(Exchange, KeepsItsLawsWithTurns, ()) {
  World world(tight());
  for (const Step& step : any_steps()) take_with_turns(world, step);
  RC_ASSERT(world.broken == "");
  RC_ASSERT(world.mismatches == 0U);
  world.settle(seconds(8));
  RC_ASSERT(world.broken == "");
  RC_ASSERT(world.equal());
}

RC_GTEST_PROP(Exchange, RepairsAnyCorruption, (const std::vector<std::uint8_t>& damage)) {
  World world(tight());
  for (std::size_t key = 0; key < 8; ++key) world.put(key, 1);
  world.settle(seconds(2));
  for (const std::uint8_t what : damage) {
    const Bytes key = "key" + std::to_string(what % 12);
    if (what % 3 == 0)
      world.corrupt(0).erase(key);
    else
      world.corrupt(0).put(key, "damaged", 1);
  }
  const bool differs = world.replica(0).set_hash() != world.log().set_hash().total();
  world.settle(seconds(5));
  RC_ASSERT((world.mismatches > 0) == differs);
  RC_ASSERT(world.equal());
}

}  // namespace
}  // namespace syncer::replication
