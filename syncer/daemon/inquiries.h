// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "syncer/admin/late_document.h"
#include "syncer/admin/public_turn.h"
#include "syncer/node/inventory.h"
#include "syncer/node/node.h"

namespace syncer::daemon {

/// Asks the own node and those of other regions, and gives an answer when all have answered or a few seconds are over.
/// Bounded by what the node takes for questions at once.
class Inquiries {
 public:
  /// Borrows `node`.
  explicit Inquiries(node::Node& node) : node_(node) {}

  /// What every region knows of the instances of that name or with that id. Nothing for everybody when it is not their
  /// turn.
  std::shared_ptr<httpio::BodyStream> explain(Instant now, const std::string& what, bool for_everybody);
  /// What one region shows and the other does not.
  std::shared_ptr<httpio::BodyStream> differences(Instant now, const std::string& a, const std::string& b);

  /// Who of the pool answers now. Who asks meanwhile gets the same answer.
  std::shared_ptr<httpio::BodyStream> reachability(Instant now);

  /// Takes what came; to be called after each input of the node.
  void advance(Instant now);
  Instant next_deadline() const;

 private:
  struct Inquiry {
    Instant until{};
    std::vector<node::RegionAccount> accounts;  ///< in order
    std::map<std::uint64_t, std::size_t> open;  ///< the accounts that wait, by question
    std::string asked;
    bool compares = false;
    bool is_public = false;
    std::shared_ptr<admin::LateDocument> document;
  };

  std::shared_ptr<httpio::BodyStream> begin(Instant now, Inquiry inquiry);
  void ask(Instant now, Inquiry& inquiry, const std::string& region, wire::Question::Kind kind,
           const std::string& text);
  void finish(Inquiry& inquiry);
  void finish_roll();

  node::Node& node_;
  std::list<Inquiry> inquiries_;
  admin::PublicTurn public_turn_;
  std::vector<std::shared_ptr<admin::LateDocument>> roll_readers_;  ///< of the roll call that goes on
};

}  // namespace syncer::daemon
