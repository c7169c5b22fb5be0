// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/ids.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/wire/sync/message.h"

namespace syncer::peering {

/// Names a question of ours until its answer.
using QuestionId = std::uint64_t;

/// What another region was asked has an end: its answer, or why there is none.
struct AnsweredQuestion {
  QuestionId id = 0;
  std::string region;
  Result<Bytes> answer;
};

/// A question of another region that waits for take_received() and Peering::answer().
struct ReceivedQuestion {
  LinkId link;
  std::string region;
  wire::Question question;
};

/// What operators ask other regions: each question has a link of its own, which ends with the answer, so that nothing
/// of it stands in the way of the exchange, and a syncer that knows no questions refuses that link and nothing else.
/// Bounded: so many of our own at once, and of what others ask so many at once and a second, of each region and of all
/// together.
class Questions {
 public:
  /// Null when too many are under way.
  std::optional<QuestionId> begin(LinkId link, std::string region, wire::Question question);
  bool has_room() const;
  /// What goes out on the link of a question.
  const wire::Question* asked_on(LinkId link) const;
  /// The link was given another address of its region; once a question. False when it was before.
  bool redirect(LinkId link, LinkId to);
  /// The question of that link has its end; nothing when there is none.
  void conclude(LinkId link, Result<Bytes> answer);
  std::vector<AnsweredQuestion> take_answered() { return std::exchange(answered_, {}); }

  /// Somebody asks. False when that region asks too much.
  bool receive(Instant now, LinkId link, wire::Question question);
  std::vector<ReceivedQuestion> take_received() { return std::exchange(received_, {}); }

  std::size_t size() const { return asked_.size() + received_.size() + answered_.size() + allowances_.size(); }

 private:
  struct Asked {
    QuestionId id = 0;
    std::string region;
    wire::Question question;
    bool redirected = false;
  };
  /// What a region may ask at once, and since when it is counted.
  struct Allowance {
    std::uint32_t left = 0;
    Instant since{};
  };

  static void regain(Instant now, Allowance& allowance, std::uint32_t most, Duration pace);
  bool allow(Instant now, const wire::Question& question);
  bool allow_region(Instant now, const std::string& region);

  QuestionId last_ = 0;
  std::map<LinkId, Asked> asked_;
  std::vector<AnsweredQuestion> answered_;
  std::vector<ReceivedQuestion> received_;
  std::map<std::string, Allowance> allowances_;
  std::optional<Allowance> all_;  ///< of all regions together
};

}  // namespace syncer::peering
