// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/accounts.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/quantity.h"
#include "syncer/registry/record.h"

namespace syncer::node {
namespace {

/// Instances that are told of in one account.
constexpr std::size_t kMost = 50;
/// Of a difference.
constexpr std::size_t kMostDifferences = 200;

using catalog::CopyPhase;

constexpr const char* kDone = "done";
constexpr const char* kWaiting = "waiting";
constexpr const char* kFailed = "failed";

/// What may be told to who asks.
class Audience {
 public:
  explicit Audience(const Known& known) : known_(known) {
    if (!known.asker || SYNCER_MUTATED("node.tell_whoever_asks")) return;
    is_region_ = true;
    view_ = view_of(known.policy, known.parts.config.kinds, policy::Direction::Export, *known.asker);
  }

  /// An own instance. Where the policy has a word for the region, it is told of what it is given; else of what stays at
  /// home, too.
  bool may_know(const Bytes& key) const {
    if (!view_) return true;
    const Bytes* payload = known_.parts.peering.core().log().find(key);
    return payload != nullptr && view_(key, *payload).payload.has_value();
  }
  /// Instances of another region: that one says who else may have them.
  bool may_know_of(const std::string& region) const {
    return !is_region_ || known_.parts.peering.may_pass_on(region, *known_.asker);
  }

 private:
  const Known& known_;
  bool is_region_ = false;
  replication::View view_;
};

ExplainedInstance named(const Bytes& key, std::string origin) {
  ExplainedInstance instance;
  if (const auto record = registry::decode_key(key)) {
    instance.service = to_string(record->service);
    instance.instance = record->id;
  }
  instance.origin = std::move(origin);
  return instance;
}

std::string place(Epoch epoch, std::uint64_t seq) {
  return "epoch " + to_string(epoch) + ", sequence " + std::to_string(seq);
}

std::string seconds(Duration d) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(d).count()) + " s";
}

/// Of what waits for its turn the cap is named.
std::string not_sent(const Known& known, const std::string& region) {
  const auto cap = known.parts.peering.link(region).cap;
  if (!cap || !cap->waiting_since) return "not sent yet";
  return "not sent yet: no more than " + peering::rate_text(cap->bytes_per_second) +
         " go to that region (sync.link-cap), and " + std::to_string(cap->waiting_records) + " records wait for it";
}

/// A step for each region that is to have an own instance.
void add_publications(const Known& known, const Bytes& key, ExplainedInstance& instance) {
  const auto publication = known.parts.peering.publication_of(key);
  if (!publication) {
    instance.steps.push_back({"exported", kWaiting, "it is not in the log yet: no epoch is open"});
    return;
  }
  instance.steps.push_back({"exported", kDone, place(publication->epoch, publication->seq)});
  for (const auto& place : publication->places) {
    if (place.withheld && known.asker) continue;
    Step step{"sent to " + place.region, kDone, "sent and acknowledged"};
    if (place.withheld)
      step = {"filter for " + place.region, kFailed, known.rule(policy::Direction::Export, *place.withheld)};
    else if (place.is_paused)
      step = {step.step, kFailed, "the export to it is paused by an operator"};
    else if (!place.problem.empty())
      step = {step.step, kFailed, place.problem};
    else if (!place.sent)
      step = {step.step, kWaiting, not_sent(known, place.region)};
    else if (!place.acknowledged)
      step = {step.step, kWaiting, "sent, and not acknowledged yet"};
    instance.steps.push_back(std::move(step));
  }
  if (publication->places.empty()) instance.steps.push_back({"sent", kWaiting, "no other region is known here"});
}

ExplainedInstance of_native(const Known& known, const catalog::NativeAccount& account) {
  ExplainedInstance instance = named(account.key, known.parts.config.region);
  if (account.listed)
    instance.steps.push_back({"seen", kDone, "the registry lists it, " + account.status});
  else if (!account.held.empty())
    instance.steps.push_back({"seen", kDone, "the registry does not list it any more"});
  else
    instance.steps.push_back({"seen", account.exported ? kWaiting : kFailed, "the registry does not list it"});
  if (!account.withheld.empty()) {
    instance.steps.push_back({"filter", kFailed, "it is given to no other region: " + account.withheld});
    return instance;
  }
  instance.steps.push_back({"filter", kDone, ""});
  if (!account.held.empty()) instance.steps.push_back({"guard", kWaiting, account.held});
  if (account.exported)
    add_publications(known, account.key, instance);
  else
    instance.steps.push_back({"exported", kWaiting, "it is being looked at: what a list shows is confirmed first"});
  return instance;
}

/// What is wanted is what the replica of its region holds.
Step wanted(const Parts& parts, const std::string& region, const Bytes& key) {
  const auto* replica = parts.peering.replica(region);
  const auto version = replica == nullptr ? std::nullopt : replica->version_of(key);
  if (version) return {"wanted", kDone, place(version->epoch, version->seq)};
  return {"wanted", kWaiting, "region " + region + " does not have it any more, or did not say so since we know it"};
}

ExplainedInstance of_copy(const Parts& parts, const catalog::CopyAccount& account) {
  ExplainedInstance instance = named(account.key, account.region);
  instance.copy = account.copy;
  instance.steps.push_back(wanted(parts, account.region, account.key));
  const bool failed = account.phase == CopyPhase::Rejected;
  if (account.phase == CopyPhase::Held) {
    instance.steps.push_back({"guard", kWaiting, account.detail});
  } else if (account.phase != CopyPhase::Present) {
    instance.steps.push_back({"written", failed ? kFailed : kWaiting, account.detail});
  } else {
    instance.steps.push_back({"written", kDone, "entry " + account.copy + ", " + account.status});
  }
  if (account.renewed_before) {
    instance.steps.push_back({"renewed", kDone, seconds(*account.renewed_before) + " ago"});
  } else if (account.phase == CopyPhase::Present) {
    instance.steps.push_back({"renewed", kWaiting, "no renewal has been answered yet"});
  }
  return instance;
}

/// Records of other regions that the catalog was never given: it does not hold such services.
void add_unheld(const Known& known, const Audience& audience, std::string_view what, RegionAccount& account) {
  const Parts& parts = known.parts;
  for (const std::string& region : parts.peering.regions()) {
    const auto* replica = parts.peering.replica(region);
    if (replica == nullptr || !audience.may_know_of(region)) continue;
    for (const auto& [key, record] : replica->records()) {
      if (account.instances.size() >= kMost) return;
      if (key.find(what) == Bytes::npos || parts.catalog.knows(region, key)) continue;
      const auto name = registry::decode_key(key);
      if (!name || name->kind != registry::RecordKind::Instance) continue;
      if (name->service.name != what && name->id != what && to_string(name->service) != what) continue;
      ExplainedInstance instance = named(key, region);
      instance.steps.push_back(wanted(parts, region, key));
      std::string why = known.why_withheld(region, key);
      if (why.empty()) why = parts.catalog.why_not_held(name->service);
      if (why.empty())
        instance.steps.push_back({"written", kWaiting, "our own registry was not read completely yet"});
      else
        instance.steps.push_back({"filter", kFailed, "no copy is held here: " + why});
      account.instances.push_back(std::move(instance));
    }
  }
}

RegionAccount begun(const Parts& parts) {
  RegionAccount account;
  account.region = parts.config.region;
  account.node = parts.config.node;
  return account;
}

}  // namespace

std::string Known::rule(policy::Direction direction, policy::RuleId id) const {
  const std::string_view name = policy ? policy::rule_name(*policy, direction, id) : std::string_view();
  return "the policy keeps it back: " + (name.empty() ? "a rule of it" : std::string(name));
}

std::string Known::why_withheld(const std::string& region, const Bytes& key) const {
  const replication::Projection* shown = gate.projection(region);
  if (shown == nullptr) return "";
  const auto withheld = shown->withheld().find(key);
  return withheld == shown->withheld().end() ? std::string() : rule(policy::Direction::Import, withheld->second);
}

std::optional<std::string> why_not_asked(const Parts& parts) {
  if (!parts.cluster || parts.cluster->writer_epoch()) return std::nullopt;
  const std::string& leader = parts.cluster->leader();
  return leader.empty() ? "this region has no leader now" : "this syncer follows; ask its leader, " + leader;
}

RegionAccount explain(const Known& known, Instant now, std::string_view what) {
  const Parts& parts = known.parts;
  RegionAccount account = begun(parts);
  account.problem = why_not_asked(parts).value_or("");
  if (!account.problem.empty() || what.empty()) return account;
  const catalog::Accounts accounts = parts.catalog.accounts();
  const Audience audience(known);
  for (const auto& native : accounts.natives(what, kMost)) {
    if (audience.may_know(native.key)) account.instances.push_back(of_native(known, native));
  }
  for (const auto& copy : accounts.copies(now, what, kMost)) {
    if (audience.may_know_of(copy.region)) account.instances.push_back(of_copy(parts, copy));
  }
  add_unheld(known, audience, what, account);
  account.more = account.instances.size() >= kMost ? 1 : 0;
  for (ExplainedInstance& instance : account.instances) conclude(instance);
  return account;
}

RegionAccount differences(const Known& known, Instant now, std::string_view other) {
  const Parts& parts = known.parts;
  RegionAccount account = begun(parts);
  account.problem = why_not_asked(parts).value_or("");
  if (!account.problem.empty()) return account;
  const catalog::Accounts accounts = parts.catalog.accounts();
  const Audience audience(known);
  for (const auto& native : accounts.withheld(kMostDifferences)) {
    if (audience.may_know(native.key)) account.instances.push_back(of_native(known, native));
  }
  for (const Bytes& key : parts.peering.unacknowledged_keys(other, kMostDifferences)) {
    if (registry::kind_of(key) != registry::RecordKind::Instance || !audience.may_know(key)) continue;
    ExplainedInstance instance = named(key, parts.config.region);
    add_publications(known, key, instance);
    account.instances.push_back(std::move(instance));
  }
  for (const auto& copy : accounts.unfinished(now, kMostDifferences)) {
    if (audience.may_know_of(copy.region)) account.instances.push_back(of_copy(parts, copy));
  }
  account.more = account.instances.size() >= kMostDifferences ? 1 : 0;
  if (account.instances.size() > kMostDifferences) account.instances.resize(kMostDifferences);
  for (ExplainedInstance& instance : account.instances) conclude(instance);
  return account;
}

RegionAccount account_of(const Known& known, Instant now, wire::Question::Kind kind, std::string_view text) {
  return kind == wire::Question::Kind::Explain ? explain(known, now, text) : differences(known, now, text);
}

RegionAccount account_of(const peering::AnsweredQuestion& answered) {
  auto account = answered.answer ? decode_account(*answered.answer) : tl::unexpected(answered.answer.error());
  RegionAccount told;
  if (account)
    told = std::move(*account);
  else
    told.problem = to_string(account.error());
  told.region = answered.region;
  return told;
}

CopiesReport copies(const Parts& parts, Instant now, const catalog::CopyQuery& query) {
  CopiesReport report;
  report.region = parts.config.region;
  report.problem = why_not_asked(parts);
  const catalog::CopyPage page = parts.catalog.accounts().page(now, query);
  report.total = page.total;
  report.next = page.next;
  for (const catalog::CopyAccount& account : page.copies) {
    CopyRow& row = report.copies.emplace_back();
    row.origin = account.region;
    if (const auto key = registry::decode_key(account.key)) {
      row.service = to_string(key->service);
      row.instance = key->id;
    }
    row.copy = account.copy;
    row.state = name(account.phase);
    row.detail = account.detail;
    row.status = account.status;
    row.renewed = account.renewed_before;
  }
  return report;
}

ServicesReport services(const Parts& parts, std::string_view search, std::string_view after, std::size_t limit) {
  ServicesReport report;
  report.region = parts.config.region;
  report.problem = why_not_asked(parts);
  for (catalog::ServiceAccount& account : parts.catalog.accounts().services()) {
    if (account.service.find(search) == std::string::npos) continue;
    ++report.total;
    if (!after.empty() && account.service <= after) continue;
    if (report.services.size() >= limit) {
      if (report.next.empty()) report.next = report.services.back().service;
      continue;
    }
    ServiceRow& row = report.services.emplace_back();
    row.service = std::move(account.service);
    row.own = account.own;
    row.exported = account.exported;
    row.regions = std::move(account.copies);
    for (const auto& [region, count] : row.regions) row.copies += count;
  }
  return report;
}

}  // namespace syncer::node
