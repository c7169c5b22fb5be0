// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/serf_pool.h"

namespace e2e {
namespace {

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<std::string> agent_key(const std::string& keyring) {
  return keyring.empty() ? std::vector<std::string>{} : std::vector<std::string>{"-keyring-file", keyring};
}

}  // namespace

SerfPool::SerfPool(const std::string& key)
    : keyring(key.empty() ? "" : keyring_file(workplace, "keyring.json", key)),
      one("one", agent_key(keyring)),
      two("two", with({"-join", one.gossip(), "-tag", "role=web"}, agent_key(keyring))),
      three("three", with({"-join", one.gossip()}, agent_key(keyring))),
      east(workplace, with(lonely("east", one.gossip()), syncer_key())) {}

std::vector<std::string> SerfPool::syncer_key() const {
  return keyring.empty() ? std::vector<std::string>{} : std::vector<std::string>{"--gossip.keyring-file", keyring};
}

void SerfPool::meet() const {
  for (const Serf* agent : agents()) {
    ASSERT_TRUE(shows(east, agent->name(), "alive", seconds(10))) << agent->name() << "\n" << east.process.output();
    ASSERT_TRUE(agent->logs("EventMemberJoin", "east", seconds(10))) << agent->process().output();
  }
}

}  // namespace e2e
