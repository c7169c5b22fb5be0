// SPDX-License-Identifier: Apache-2.0
#include "tests/property/membership/key_laws.h"

#include <set>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"
#include "tests/unit/gossip/network.h"
#include "tests/unit/gossip/serf_asker.h"

namespace syncer::gossip {

namespace {

Bytes key_number(std::uint64_t n) { return Bytes(16, static_cast<char>('a' + n)); }

}  // namespace

std::string key_query_is_answered_once(Random& random) {
  SerfAsker asker(key_number(0));
  std::set<std::uint64_t> asked;
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t clock = 1 + random.below(8);
    const std::size_t answers = asker.ask(KeyVerb::List, {}, clock).size();
    const std::size_t due = asked.insert(clock).second ? 1 : 0;
    if (answers != due) return std::to_string(answers) + " answers to a query that was due " + std::to_string(due);
  }
  return "";
}

std::string keys_that_serf_changes_are_kept(Random& random) {
  SerfAsker asker(key_number(0));
  for (std::uint64_t clock = 1; clock < 20; ++clock) {
    constexpr KeyVerb kVerbs[] = {KeyVerb::Install, KeyVerb::Use, KeyVerb::Remove};
    const KeyVerb verb = kVerbs[random.below(3)];
    const Bytes in_use = asker.gossip().keys().keys().front();
    const Bytes key = key_number(random.below(4));
    asker.ask(verb, key, clock);
    const auto& now = asker.gossip().keys().keys();
    if (asker.kept() && asker.kept()->keys() != now) return "what is in force is not what was kept";
    if (!asker.kept() && now.size() > 1) return "keys changed and were not kept";
    if (verb == KeyVerb::Remove && now.front() != in_use) return "the key in use was removed";
  }
  return "";
}

}  // namespace syncer::gossip
