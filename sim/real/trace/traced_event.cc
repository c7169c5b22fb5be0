// SPDX-License-Identifier: Apache-2.0
#include "sim/real/trace/traced_event.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace sim::real {
namespace {

using nlohmann::json;
using syncer::EventKind;
using syncer::Severity;

constexpr int kFormat = 1;

/// Bytes stand in a trace as characters up to U+00FF; here they are bytes again. Nothing when there are others.
std::optional<std::string> bytes_of(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      bytes += text[i];
    } else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size()) {
      const auto low = static_cast<unsigned char>(text[++i]) & 0x3fU;
      bytes += static_cast<char>((c & 3U) << 6U | low);
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

const std::map<std::string_view, EventKind>& kinds() {
  static const std::map<std::string_view, EventKind> kKinds = {
#define SYNCER_KIND_BY_NAME(kind, text) {text, EventKind::kind},
      SYNCER_EVENT_KINDS(SYNCER_KIND_BY_NAME)
#undef SYNCER_KIND_BY_NAME
  };
  return kKinds;
}

std::optional<Severity> severity_of(std::string_view word) {
  constexpr std::string_view kWords[] = {"trace", "debug", "info", "warning", "error"};
  const auto* found = std::find(std::begin(kWords), std::end(kWords), word);
  if (found == std::end(kWords)) return std::nullopt;
  return static_cast<Severity>(found - std::begin(kWords));
}

/// Reads the members of one line; the first that is missing or of another type is remembered.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  std::string text(const char* key) {
    const auto found = object_.find(key);
    if (found == object_.end() || !found->is_string()) return wrong(key), "";
    const auto bytes = bytes_of(found->get_ref<const std::string&>());
    return bytes ? *bytes : (wrong(key), "");
  }
  std::int64_t number(const char* key) {
    const auto found = object_.find(key);
    if (found == object_.end() || !found->is_number_integer()) return wrong(key), 0;
    return found->get<std::int64_t>();
  }
  void wrong(const std::string& key) {
    if (wrong_.empty()) wrong_ = key;
  }
  tl::unexpected<syncer::Error> error() const {
    return syncer::failure(syncer::ErrorCode::Invalid, "",
                           "\"" + wrong_ + "\" is missing or not what a trace has there");
  }
  bool is_sound() const { return wrong_.empty(); }

 private:
  const json& object_;
  std::string wrong_;
};

using Entry = syncer::Result<std::optional<TraceEntry>>;

Entry start_of(const json& object) {
  Members members(object);
  if (members.number("trace") != kFormat) {
    return syncer::failure(syncer::ErrorCode::Invalid, "", "a trace of another format than this program reads");
  }
  TracedStart start;
  start.node = members.text("node");
  start.region = members.text("region");
  const std::string mode = members.text("mode");
  start.is_cluster = mode == "cluster";
  if (!start.is_cluster && mode != "single") members.wrong("mode");
  start.kind = members.text("kind");
  start.gossip = members.text("gossip");
  start.version = members.text("version");
  start.at = syncer::instant(members.number("at"));
  start.wall = members.number("wall");
  if (!members.is_sound()) return members.error();
  return std::optional<TraceEntry>(std::move(start));
}

Entry event_of(const json& object) {
  Members members(object);
  std::string node = members.text("node");
  const syncer::Instant at = syncer::instant(members.number("at"));
  const std::string name = members.text("event");
  const auto severity = severity_of(members.text("severity"));
  if (!severity) members.wrong("severity");
  const auto fields = object.find("fields");
  if (fields == object.end() || !fields->is_object()) members.wrong("fields");
  if (!members.is_sound()) return members.error();
  std::vector<TracedEvent::Fact> facts;
  for (const auto& [key, value] : fields->items()) {
    TracedEvent::Fact fact{key, "", 0, value.is_number_integer()};
    if (fact.is_number) {
      fact.number = value.get<std::int64_t>();
    } else if (value.is_string() && bytes_of(value.get_ref<const std::string&>())) {
      fact.text = *bytes_of(value.get_ref<const std::string&>());
    } else {
      members.wrong("fields");
      return members.error();
    }
    facts.push_back(std::move(fact));
  }
  const auto kind = kinds().find(name);
  if (kind == kinds().end()) return std::optional<TraceEntry>();
  return std::optional<TraceEntry>(TracedEvent(std::move(node), at, kind->second, *severity, std::move(facts)));
}

}  // namespace

std::string_view TracedEvent::text(std::string_view key) const {
  for (const Fact& fact : facts_) {
    if (fact.key == key) return fact.text;
  }
  return {};
}

std::int64_t TracedEvent::number(std::string_view key) const {
  for (const Fact& fact : facts_) {
    if (fact.key == key) return fact.number;
  }
  return 0;
}

Entry parse_trace_line(std::string_view line) {
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return syncer::failure(syncer::ErrorCode::Invalid, "", "not a line of a trace");
  return object.contains("trace") ? start_of(object) : event_of(object);
}

}  // namespace sim::real
