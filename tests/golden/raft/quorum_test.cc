// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "syncer/raft/tracker.h"
#include "tests/golden/raft/data.h"

namespace syncer::raft::golden {
namespace {

constexpr Index kInfinity = std::numeric_limits<Index>::max();

/// A majority and, for the joint scripts, a second one that has to agree.
struct Pair {
  Majority first;
  Majority second;
  std::vector<VoterId> order;  // distinct voters as they appear

  explicit Pair(const Directive& d) : first(ids(d.values("cfg"))), second(ids(d.values("cfgj"))) {
    std::vector<VoterId> all = ids(d.values("cfg"));
    const std::vector<VoterId> more = ids(d.values("cfgj"));
    all.insert(all.end(), more.begin(), more.end());
    for (const VoterId id : all) {
      if (std::find(order.begin(), order.end(), id) == order.end()) order.push_back(id);
    }
  }

  static std::vector<VoterId> ids(const std::vector<std::string>& texts) {
    std::vector<VoterId> out;
    for (const std::string& text : texts) {
      if (text != "zero") out.push_back(VoterId{std::stoull(text)});
    }
    return out;
  }

  Index committed(const std::map<VoterId, Index>& acked) const {
    return std::min(first.reached<Index>(acked, 0, kInfinity), second.reached<Index>(acked, 0, kInfinity));
  }

  VoteResult count(const std::map<VoterId, bool>& votes) const {
    const VoteResult a = first.count(votes);
    const VoteResult b = second.count(votes);
    if (a == b) return a;
    return a == VoteResult::Lost || b == VoteResult::Lost ? VoteResult::Lost : VoteResult::Pending;
  }
};

std::map<VoterId, Index> acknowledgements(const Pair& pair, const Directive& d) {
  std::map<VoterId, Index> acked;
  const auto values = d.values("idx");
  for (std::size_t i = 0; i < pair.order.size(); ++i) {
    if (values.at(i) != "_") acked[pair.order[i]] = std::stoull(values[i]);
  }
  return acked;
}

/// Who holds how much, as bars: the longer, the more voters are behind.
std::string picture(const Pair& pair, const std::map<VoterId, Index>& acked) {
  if (pair.order.empty()) return "<empty majority quorum>";
  const std::size_t n = pair.order.size();
  std::vector<std::pair<Index, VoterId>> sorted;
  for (const VoterId id : pair.order) sorted.emplace_back(acked.count(id) == 1 ? acked.at(id) : 0, id);
  std::sort(sorted.begin(), sorted.end());
  std::map<VoterId, std::size_t> bars;
  for (std::size_t i = 1; i < n; ++i) {
    bars[sorted[i].second] = sorted[i].first > sorted[i - 1].first ? i : bars[sorted[i - 1].second];
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::string out = std::string(n + 4, ' ') + "idx\n";
  for (const auto& [index, id] : sorted) {
    const std::size_t bar = bars[id];
    out += acked.count(id) == 1 ? std::string(bar, 'x') + ">" + std::string(n - bar, ' ') : "?" + std::string(n, ' ');
    char tail[64];
    std::snprintf(tail, sizeof tail, " %5llu    (id=%llx)\n", static_cast<unsigned long long>(index),
                  static_cast<unsigned long long>(id.value));
    out += tail;
  }
  return out;
}

std::string run(const Directive& d) {
  const Pair pair(d);
  if (d.command == "committed") {
    const auto acked = acknowledgements(pair, d);
    const Index committed = pair.committed(acked);
    return picture(pair, acked) + (committed == kInfinity ? "∞" : std::to_string(committed)) + "\n";
  }
  static constexpr const char* kResults[] = {"VotePending", "VoteWon", "VoteLost"};
  std::map<VoterId, bool> votes;
  const auto values = d.values("votes");
  for (std::size_t i = 0; i < pair.order.size(); ++i) {
    if (values.at(i) != "_") votes[pair.order[i]] = values[i] == "y";
  }
  return std::string(kResults[static_cast<int>(pair.count(votes))]) + "\n";
}

TEST(RaftQuorum, ReproducesEveryTable) {
  const auto files = scripts("quorum");
  if (files.empty()) GTEST_SKIP() << kNoData;
  std::size_t directives = 0;
  for (const auto& file : files) {
    for (const Directive& directive : load(file)) {
      ++directives;
      EXPECT_EQ(run(directive), directive.expected) << directive.place;
    }
  }
  EXPECT_EQ(files.size(), 3U);
  EXPECT_EQ(directives, 88U);
}

TEST(RaftQuorum, IndicesBelowTheCommittedOneDoNotMatter) {
  const auto files = scripts("quorum");
  if (files.empty()) GTEST_SKIP() << kNoData;
  for (const auto& file : files) {
    for (const Directive& directive : load(file)) {
      if (directive.command != "committed") continue;
      const Pair pair(directive);
      auto acked = acknowledgements(pair, directive);
      const Index committed = pair.committed(acked);
      for (auto& [voter, index] : acked) {
        if (index < committed) index = 0;
      }
      EXPECT_EQ(pair.committed(acked), committed) << directive.place;
    }
  }
}

}  // namespace
}  // namespace syncer::raft::golden
