// SPDX-License-Identifier: Apache-2.0
#include "mocksc/fault/fault.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "syncer/base/nearest.h"

namespace mocksc {
namespace {

constexpr std::array<std::string_view, 9> kKinds = {
    "outage", "slow", "fail", "list_empty", "list_partial", "stale_read", "limit", "lease_freeze", "store_outage"};
constexpr std::array<std::string_view, 3> kModes = {"refuse", "hang", "reset"};
constexpr std::array<std::string_view, 3> kPages = {"none", "html", "text"};

template <class Enum, std::size_t N>
syncer::Result<Enum> parse(std::string_view what, std::string_view text, const std::array<std::string_view, N>& words) {
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == text) return static_cast<Enum>(i);
  }
  return syncer::failure(
      syncer::ErrorCode::Invalid, "",
      "unknown " + std::string(what) + " \"" + std::string(text) + "\"" + syncer::did_you_mean(text, words));
}

using nlohmann::json;
using syncer::Duration;
using syncer::Result;

tl::unexpected<syncer::Error> refuse(const std::string& key, const std::string& why) {
  return syncer::failure(syncer::ErrorCode::Invalid, "\"" + key + "\"", why);
}

/// Reads the members of one object by a table of known keys.
class Object {
 public:
  using Reader = std::function<Result<void>(const json& value)>;
  explicit Object(const json& value) : value_(value) {}
  Object& key(const char* name, Reader reader) {
    readers_.emplace(name, std::move(reader));
    return *this;
  }

  Result<void> read() const {
    if (!value_.is_object()) return syncer::failure(syncer::ErrorCode::Invalid, "", "a JSON object is needed");
    for (auto it = value_.begin(); it != value_.end(); ++it) {
      const auto reader = readers_.find(it.key());
      if (reader == readers_.end())
        return syncer::failure(syncer::ErrorCode::Invalid, "",
                               "unknown key \"" + it.key() + "\"" + syncer::did_you_mean(it.key(), words()));
      if (auto done = reader->second(it.value()); !done) {
        if (done.error().where.empty()) done.error().where = "\"" + it.key() + "\"";
        return done;
      }
    }
    return {};
  }

 private:
  std::vector<std::string_view> words() const {
    std::vector<std::string_view> out;
    for (const auto& [name, reader] : readers_) out.push_back(name);
    return out;
  }
  const json& value_;
  std::map<std::string, Reader, std::less<>> readers_;
};

Object::Reader text(std::function<Result<void>(const std::string&)> use) {
  return [use = std::move(use)](const json& value) -> Result<void> {
    if (!value.is_string()) return syncer::failure(syncer::ErrorCode::Invalid, "", "a string is needed");
    return use(value.get_ref<const std::string&>());
  };
}

/// A text that `parse` turns into a value of type T.
template <class T, class Parse>
Object::Reader parsed(T& out, Parse parse) {
  return text([&out, parse](const std::string& word) -> Result<void> {
    auto value = parse(word);
    if (!value) return tl::unexpected(value.error());
    out = *value;
    return {};
  });
}

Object::Reader duration(Duration& out) { return parsed(out, syncer::parse_duration); }
Object::Reader ratio(syncer::Ratio& out) { return parsed(out, syncer::parse_ratio); }

Object::Reader number(std::function<void(std::uint64_t)> use, std::uint64_t max) {
  return [use = std::move(use), max](const json& value) -> Result<void> {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > max) {
      return syncer::failure(syncer::ErrorCode::Invalid, "",
                             "a whole number up to " + std::to_string(max) + " is needed");
    }
    use(value.get<std::uint64_t>());
    return {};
  };
}

/// A member that is only ever `true` and chooses the kind.
Object::Reader marker(Failure& out, Failure::Kind kind) {
  return [&out, kind](const json& value) -> Result<void> {
    if (value != true) return syncer::failure(syncer::ErrorCode::Invalid, "", "only true makes sense here");
    out.kind = kind;
    return {};
  };
}

Result<void> read_failure(const json& value, Failure& out) {
  return Object(value)
      .key("status", number([&out](std::uint64_t n) { out.status = static_cast<int>(n); }, 599))
      .key("weight", number([&out](std::uint64_t n) { out.weight = static_cast<std::uint32_t>(n); }, 1'000'000))
      .key("retry_after", text([&out](const std::string& word) -> Result<void> {
             const auto wait = syncer::parse_duration(word);
             if (!wait) return tl::unexpected(wait.error());
             out.retry_after = *wait;
             return {};
           }))
      .key("hang", text([&out](const std::string& word) -> Result<void> {
             const auto wait = syncer::parse_duration(word);
             if (!wait) return tl::unexpected(wait.error());
             out.kind = Failure::Kind::Hang;
             out.hang = *wait;
             return {};
           }))
      .key("truncated_body", marker(out, Failure::Kind::TruncatedBody))
      .key("bad_json", marker(out, Failure::Kind::BadJson))
      .key("reset_after_apply", marker(out, Failure::Kind::ResetAfterApply))
      .key("page", parsed(out.page, parse_page))
      .key("location", text([&out](const std::string& where) -> Result<void> {
             out.location = where;
             return {};
           }))
      .key("other_answer", marker(out, Failure::Kind::OtherAnswer))
      .key("doubled_body", marker(out, Failure::Kind::DoubledBody))
      .key("cut_body", marker(out, Failure::Kind::CutBody))
      .key("part", text([&out](const std::string& word) -> Result<void> {
             const auto part = syncer::parse_ratio(word);
             if (!part) return tl::unexpected(part.error());
             out.kind = Failure::Kind::PartRefused;
             out.part = *part;
             return {};
           }))
      .read();
}

Object::Reader failures(std::vector<Failure>& out) {
  return [&out](const json& value) -> Result<void> {
    if (!value.is_array() || value.empty()) return syncer::failure(syncer::ErrorCode::Invalid, "", "a list is needed");
    for (const json& item : value) {
      if (auto done = read_failure(item, out.emplace_back()); !done) return done;
    }
    return {};
  };
}

Object::Reader operations(std::set<std::string, std::less<>>& out, const CheckOperation& check) {
  return [&out, &check](const json& value) -> Result<void> {
    if (!value.is_array()) return syncer::failure(syncer::ErrorCode::Invalid, "", "a list of operations is needed");
    for (const json& item : value) {
      std::string operation = item.is_string() ? item.get<std::string>() : item.dump();
      if (auto known = check(operation); !known) return known;
      out.insert(std::move(operation));
    }
    return {};
  };
}

/// The keys of the kind, beside those that every fault has.
void add_keys(Object& object, Fault& out, const CheckOperation& check) {
  switch (out.kind) {
    case FaultKind::Outage:
      object.key("mode", parsed(out.mode, parse_outage_mode));
      break;
    case FaultKind::Slow:
      object.key("latency", duration(out.latency_min)).key("latency_max", duration(out.latency_max));
      break;
    case FaultKind::Fail:
      object.key("rate", ratio(out.rate))
          .key("with", failures(out.failures))
          .key("ops", operations(out.operations, check));
      break;
    case FaultKind::ListPartial:
      object.key("keep", ratio(out.keep));
      break;
    case FaultKind::StaleRead:
      object.key("by", duration(out.by));
      break;
    case FaultKind::Limit:
      object.key("rps", number([&out](std::uint64_t n) { out.rps = n; }, 1'000'000'000));
      break;
    case FaultKind::ListEmpty:
    case FaultKind::LeaseFreeze:
    case FaultKind::StoreOutage:
      break;
  }
}

/// The key without which a fault of that kind means nothing.
const char* needed_key(FaultKind kind) {
  switch (kind) {
    case FaultKind::Slow:
      return "latency";
    case FaultKind::Fail:
      return "with";
    case FaultKind::ListPartial:
      return "keep";
    case FaultKind::StaleRead:
      return "by";
    case FaultKind::Limit:
      return "rps";
    default:
      return "fault";
  }
}

using nlohmann::ordered_json;

ordered_json written(const Failure& failure) {
  ordered_json out;
  switch (failure.kind) {
    case Failure::Kind::Status:
      out["status"] = failure.status;
      if (failure.page != Page::None) out["page"] = name(failure.page);
      if (!failure.location.empty()) out["location"] = failure.location;
      break;
    case Failure::Kind::Hang:
      out["hang"] = syncer::to_string(failure.hang);
      break;
    case Failure::Kind::TruncatedBody:
      out["truncated_body"] = true;
      break;
    case Failure::Kind::BadJson:
      out["bad_json"] = true;
      break;
    case Failure::Kind::ResetAfterApply:
      out["reset_after_apply"] = true;
      break;
    case Failure::Kind::OtherAnswer:
      out["other_answer"] = true;
      break;
    case Failure::Kind::DoubledBody:
      out["doubled_body"] = true;
      break;
    case Failure::Kind::CutBody:
      out["cut_body"] = true;
      break;
    case Failure::Kind::PartRefused:
      out["part"] = syncer::to_string(failure.part);
      break;
  }
  if (failure.retry_after) out["retry_after"] = syncer::to_string(*failure.retry_after);
  out["weight"] = failure.weight;
  return out;
}

void write_fail(ordered_json& out, const Fault& fault) {
  out["rate"] = syncer::to_string(fault.rate);
  out["with"] = ordered_json::array();
  for (const Failure& failure : fault.failures) out["with"].push_back(written(failure));
  if (!fault.operations.empty()) out["ops"] = fault.operations;
}

}  // namespace

std::string_view name(FaultKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(Page page) { return kPages[static_cast<std::size_t>(page)]; }
std::string_view name(OutageMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

syncer::Result<FaultKind> parse_fault_kind(std::string_view text) { return parse<FaultKind>("fault", text, kKinds); }
syncer::Result<Page> parse_page(std::string_view text) { return parse<Page>("page", text, kPages); }
syncer::Result<OutageMode> parse_outage_mode(std::string_view text) { return parse<OutageMode>("mode", text, kModes); }

FaultId FaultPlan::add(Fault fault) {
  faults_[next_] = Entry{std::move(fault), random_.next()};
  return next_++;
}

void FaultPlan::advance(syncer::Instant now) {
  for (auto it = faults_.begin(); it != faults_.end();) {
    it = it->second.fault.until <= now ? faults_.erase(it) : std::next(it);
  }
}

syncer::Instant FaultPlan::next_deadline() const {
  syncer::Instant first = syncer::kNever;
  for (const auto& [id, entry] : faults_) first = std::min(first, entry.fault.until);
  return first;
}

const FaultPlan::Entry* FaultPlan::find(FaultKind kind, std::size_t frontend) const {
  for (const auto& [id, entry] : faults_) {
    const bool touches = !entry.fault.frontend || *entry.fault.frontend == frontend;
    if (entry.fault.kind == kind && touches) return &entry;
  }
  return nullptr;
}

Result<Fault> parse_fault(std::string_view text_, syncer::Instant now, const CheckOperation& check_operation) {
  const json document = json::parse(text_, nullptr, false);
  if (!document.is_object()) return syncer::failure(syncer::ErrorCode::Invalid, "", "a JSON object is needed");
  if (!document.contains("fault") || !document["fault"].is_string())
    return refuse("fault", "is needed: the kind of fault");
  const auto kind = parse_fault_kind(document["fault"].get<std::string>());
  if (!kind) return tl::unexpected(kind.error());
  if (!document.contains(needed_key(*kind)))
    return refuse(needed_key(*kind), "is needed by fault " + std::string(name(*kind)));
  Fault out;
  out.kind = *kind;
  Duration how_long = kForever;
  Object object(document);
  object.key("fault", [](const json&) -> Result<void> { return {}; })
      .key("for", duration(how_long))
      .key("frontend", number([&out](std::uint64_t n) { out.frontend = n; }, 1000));
  add_keys(object, out, check_operation);
  if (auto done = object.read(); !done) return tl::unexpected(done.error());
  if (out.kind == FaultKind::StoreOutage && out.frontend) return refuse("frontend", "all front-ends have one store");
  out.until = syncer::saturating_add(now, how_long);
  out.latency_max = std::max(out.latency_min, out.latency_max);
  return out;
}

std::string render(const Fault& fault, syncer::Instant now) {
  ordered_json out;
  out["fault"] = name(fault.kind);
  if (fault.frontend) out["frontend"] = *fault.frontend;
  if (fault.until != syncer::kNever) out["for"] = syncer::to_string(fault.until - now);
  switch (fault.kind) {
    case FaultKind::Outage:
      out["mode"] = name(fault.mode);
      break;
    case FaultKind::Slow:
      out["latency"] = syncer::to_string(fault.latency_min);
      out["latency_max"] = syncer::to_string(fault.latency_max);
      break;
    case FaultKind::Fail:
      write_fail(out, fault);
      break;
    case FaultKind::ListPartial:
      out["keep"] = syncer::to_string(fault.keep);
      break;
    case FaultKind::StaleRead:
      out["by"] = syncer::to_string(fault.by);
      break;
    case FaultKind::Limit:
      out["rps"] = fault.rps;
      break;
    case FaultKind::ListEmpty:
    case FaultKind::LeaseFreeze:
    case FaultKind::StoreOutage:
      break;
  }
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace mocksc
