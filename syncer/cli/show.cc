// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/show.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

namespace syncer::cli {
namespace {

using nlohmann::json;

/// Runs `use` on the document; a document of another shape (another version's daemon) is an error, not an exception.
template <class T>
Result<T> with_document(std::string_view text, const std::function<T(const json&)>& use) {
  try {
    return use(json::parse(text));
  } catch (const json::exception& e) {
    return failure(ErrorCode::Corrupt, "", std::string("the daemon's answer is not understood: ") + e.what());
  }
}

std::string number(const json& object, const char* key) { return std::to_string(object.at(key).get<std::uint64_t>()); }

std::string seconds(double value, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f s", digits, value);
  return text.data();
}

/// Names and reasons come from the network: no octet of theirs commands the terminal.
std::string harmless(std::string text) {
  for (char& c : text) c = (c >= ' ' && c <= '~') || c == '\n' ? c : '?';
  return text;
}

/// "0.14 ms"; "-" for what was never measured, such as the way to ourselves.
std::string round_trip(double value) {
  if (value <= 0) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f ms", value < 0.01 ? 2 : 0, value * 1000);
  return text.data();
}

using Row = std::vector<std::string>;

/// "-" for what the daemon does not know.
std::string number_or_dash(const json& object, const char* key) {
  return object.contains(key) ? number(object, key) : "-";
}

std::string age(const json& object) {
  return object.contains("last_heard_seconds") ? seconds(object.at("last_heard_seconds"), 1) : "-";
}

/// Tags without those that have a column.
std::string other_tags(const json& tags) {
  std::string out;
  for (const auto& [key, value] : tags.items()) {
    if (key == "region" || key == "rpc") continue;
    out += (out.empty() ? "" : ",") + key + "=" + value.get<std::string>();
  }
  return out;
}

std::string table(std::vector<Row> rows) {
  for (Row& row : rows) std::transform(row.begin(), row.end(), row.begin(), harmless);
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string registry_line(const json& r) {
  std::string line = "registry  " + r.at("address").get<std::string>() + ": ";
  line += r.at("reachable").get<bool>() ? "reachable" : "NOT reachable";
  const std::string problem = r.at("problem");
  if (!problem.empty()) line += " (" + problem + ")";
  line += "; " + number(r, "exported") + " exported, " + number(r, "copies") + " copies, " + number(r, "pending") +
          " pending, " + number(r, "parked") + " parked\n";
  if (r.at("guard_frozen").get<bool>()) line += "          guard: " + number(r, "guard_pending") + " removals frozen\n";
  return line;
}

std::string region_line(const json& r) {
  std::string line = "region    " + r.at("region").get<std::string>() + ": ";
  line += r.at("link_up").get<bool>() ? "connected" : "NOT connected";
  line += ", heard " + seconds(r.at("last_heard_seconds"), 1) + " ago, " + number(r, "records") + " records, " +
          number(r, "unacknowledged") + " changes not confirmed";
  if (r.at("holding").get<bool>()) line += ", copies are held";
  if (r.at("guard_frozen").get<bool>()) line += ", guard: " + number(r, "guard_pending") + " removals frozen";
  return line + "\n";
}

/// A follower of a cluster leaves the registry and the other regions to its leader.
bool follows(const json& s) { return s.at("group").is_object() && !s.at("group").at("leads").get<bool>(); }

std::string group_line(const json& group) {
  const std::string leader = group.at("leader");
  return "group     " + (leader.empty() ? "no leader" : "leader " + leader) + ", term " + number(group, "term") +
         ", commit " + number(group, "commit") + "\n";
}

std::string voter_line(const json& v) {
  std::string line = "voter     " + v.at("name").get<std::string>() + ": " + v.at("state").get<std::string>();
  if (v.contains("last_heard_seconds")) line += ", heard " + age(v) + " ago";
  if (v.contains("lag")) line += ", " + number(v, "lag") + " entries behind";
  return line + "\n";
}

/// The reasons if it knows any: they say what to do.
void add_reasons(const json& s, std::vector<std::string>& all) {
  const json& pending = s.at("pending");
  if (pending.empty()) all.emplace_back("not ready");
  for (const json& reason : pending) all.push_back("not ready: " + reason.get<std::string>());
}

void add_group_problems(const json& group, bool ready, std::vector<std::string>& all) {
  if (ready && group.at("leader") == "") all.emplace_back("the region has no leader");
  for (const json& voter : group.at("voters")) {
    const std::string state = voter.at("state");
    if (state == "not there" || state == "disk lost") {
      all.push_back("voter " + voter.at("name").get<std::string>() + ": " + state);
    }
  }
}

std::string page(const json& s) {
  std::string out = "node      " + s.at("node").get<std::string>() + " (region " + s.at("region").get<std::string>() +
                    ", " + s.at("mode").get<std::string>() + ", epoch " + s.at("epoch").get<std::string>() + ")\n";
  out += std::string("ready     ") + (s.at("ready").get<bool>() ? "yes" : "no") + "\n";
  if (s.at("group").is_object()) {
    out += group_line(s.at("group"));
    for (const json& voter : s.at("group").at("voters")) out += voter_line(voter);
  }
  if (!follows(s)) {
    out += registry_line(s.at("registry"));
    for (const json& region : s.at("regions")) out += region_line(region);
  }
  for (const json& reason : s.at("pending")) out += "pending   " + reason.get<std::string>() + "\n";
  return harmless(out);
}

std::vector<std::string> problems(const json& s) {
  std::vector<std::string> all;
  const bool ready = s.at("ready");
  if (!ready) add_reasons(s, all);
  if (s.at("group").is_object()) add_group_problems(s.at("group"), ready, all);
  if (follows(s)) return all;
  const json& registry = s.at("registry");
  if (!registry.at("reachable").get<bool>()) all.emplace_back("the service center is not reachable");
  if (registry.at("guard_frozen").get<bool>()) all.emplace_back("removals of own instances are frozen by the guard");
  if (registry.at("parked").get<std::uint64_t>() > 0) {
    all.push_back(number(registry, "parked") + " records are refused by the service center");
  }
  for (const json& region : s.at("regions")) {
    const std::string name = region.at("region");
    if (!region.at("link_up").get<bool>()) all.push_back("region " + name + " is not connected");
    if (region.at("guard_frozen").get<bool>()) all.push_back("removals of region " + name + " are frozen by the guard");
  }
  return all;
}

}  // namespace

Result<std::string> members_table(std::string_view text) {
  return with_document<std::string>(text, [](const json& document) {
    std::vector<Row> rows = {{"NAME", "REGION", "STATE", "ADDRESS", "RPC", "INCARNATION", "RTT", "HEALTH", "TAGS"}};
    for (const json& m : document.at("members")) {
      const bool own = m.contains("health_score");
      rows.push_back({m.at("name"), m.at("region"), m.at("state"), m.at("address"), m.at("rpc_address"),
                      number(m, "incarnation"), round_trip(m.at("rtt_seconds")), own ? number(m, "health_score") : "-",
                      other_tags(m.at("tags"))});
    }
    return table(rows);
  });
}

Result<std::string> voters_table(std::string_view text) {
  return with_document<std::string>(text, [](const json& document) {
    std::vector<Row> rows = {{"NAME", "STATE", "MATCH", "LAG", "HEARD", "ADDRESS", "DISK"}};
    for (const json& v : document.at("group").at("voters")) {
      rows.push_back({v.at("name"), v.at("state"), number_or_dash(v, "match"), number_or_dash(v, "lag"), age(v),
                      v.at("address"), v.at("disk")});
    }
    std::string page = table(rows);
    for (const json& reason : document.at("pending")) page += "pending   " + reason.get<std::string>() + "\n";
    return page;
  });
}

Result<std::string> keys_table(std::string_view text) {
  return with_document<std::string>(text, [](const json& document) {
    std::vector<Row> rows = {{"ID", "BITS", "IN USE"}};
    for (const json& k : document.at("keys")) {
      rows.push_back({k.at("id"), number(k, "bits"), k.at("in_use").get<bool>() ? "yes" : "no"});
    }
    return table(rows);
  });
}

Result<std::string> status_page(std::string_view text) { return with_document<std::string>(text, page); }

Result<std::vector<std::string>> status_problems(std::string_view text) {
  return with_document<std::vector<std::string>>(text, problems);
}

}  // namespace syncer::cli
