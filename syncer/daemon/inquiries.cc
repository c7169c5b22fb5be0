// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/inquiries.h"

#include <algorithm>
#include <utility>

#include "syncer/admin/status_json.h"
#include "syncer/node/pool_reports.h"
#include "syncer/peering/peering.h"

namespace syncer::daemon {
namespace {

/// A region that has not answered by then does not.
constexpr Duration kPatience = std::chrono::seconds(4);

using Kind = wire::Question::Kind;

}  // namespace

std::shared_ptr<httpio::BodyStream> Inquiries::explain(Instant now, const std::string& what, bool for_everybody) {
  if (for_everybody && !public_turn_.begin(now)) return nullptr;
  Inquiry inquiry;
  inquiry.is_public = for_everybody;
  inquiry.asked = what;
  ask(now, inquiry, node_.config().region, Kind::Explain, what);
  for (const std::string& region : node_.peering().regions()) ask(now, inquiry, region, Kind::Explain, what);
  return begin(now, std::move(inquiry));
}

std::shared_ptr<httpio::BodyStream> Inquiries::differences(Instant now, const std::string& a, const std::string& b) {
  Inquiry inquiry;
  inquiry.compares = true;
  ask(now, inquiry, a, Kind::Differ, b);
  ask(now, inquiry, b, Kind::Differ, a);
  return begin(now, std::move(inquiry));
}

void Inquiries::ask(Instant now, Inquiry& inquiry, const std::string& region, Kind kind, const std::string& text) {
  node::RegionAccount& account = inquiry.accounts.emplace_back();
  account.region = region;
  if (region == node_.config().region) {
    account = node_.account(now, kind, text);
    return;
  }
  const auto question = node_.ask_region(now, region, kind, text);
  if (question)
    inquiry.open.emplace(*question, inquiry.accounts.size() - 1);
  else
    account.problem = to_string(question.error());
}

std::shared_ptr<httpio::BodyStream> Inquiries::begin(Instant now, Inquiry inquiry) {
  inquiry.until = now + kPatience;
  inquiry.document = std::make_shared<admin::LateDocument>();
  auto document = inquiry.document;
  if (inquiry.open.empty())
    finish(inquiry);
  else
    inquiries_.push_back(std::move(inquiry));
  return document;
}

std::shared_ptr<httpio::BodyStream> Inquiries::reachability(Instant now) {
  auto document = std::make_shared<admin::LateDocument>();
  if (roll_readers_.empty()) node_.call_roll(now);
  roll_readers_.push_back(document);
  finish_roll();  // where nobody is to be asked
  return document;
}

void Inquiries::finish_roll() {
  if (roll_readers_.empty()) return;
  const auto report = node_.take_roll();
  if (!report) return;
  for (const auto& reader : std::exchange(roll_readers_, {})) reader->finish(admin::to_json(*report));
}

void Inquiries::advance(Instant now) {
  finish_roll();
  for (auto& [question, told] : node_.take_answers(now)) {
    for (Inquiry& inquiry : inquiries_) {
      const auto open = inquiry.open.extract(question);
      if (!open.empty()) inquiry.accounts[open.mapped()] = std::move(told);
    }
  }
  for (auto it = inquiries_.begin(); it != inquiries_.end();) {
    if (!it->open.empty() && now < it->until) {
      ++it;
      continue;
    }
    for (const auto& [question, at] : it->open) it->accounts[at].problem = "it has not answered in time";
    finish(*it);
    it = inquiries_.erase(it);
  }
}

Instant Inquiries::next_deadline() const {
  Instant next = kNever;
  for (const Inquiry& inquiry : inquiries_) next = std::min(next, inquiry.until);
  return next;
}

void Inquiries::finish(Inquiry& inquiry) {
  if (inquiry.is_public) public_turn_.end();
  if (inquiry.compares) {
    inquiry.document->finish(admin::to_json(node::compare(inquiry.accounts.at(0), inquiry.accounts.at(1))));
    return;
  }
  node::Explanation explanation;
  explanation.asked = inquiry.asked;
  explanation.regions = std::move(inquiry.accounts);
  inquiry.document->finish(admin::to_json(explanation));
}

}  // namespace syncer::daemon
