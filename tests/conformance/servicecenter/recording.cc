// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/servicecenter/recording.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <tuple>

#include "tests/conformance/servicecenter/symbols.h"

namespace mocksc::conformance {
namespace {

using nlohmann::json;

std::filesystem::path data_folder() {
  const char* set = std::getenv("SYNCER_CONFORMANCE_DIR");
  const std::filesystem::path root = set != nullptr ? set : SYNCER_SOURCE_DIR "/../shared/conformance";
  return root / "servicecenter";
}

constexpr std::size_t kKeptTarget = 600;

/// Of a long target the beginning is kept. The rest is more of the same letter: as much as the answer repeats, or as
/// the name tells.
std::size_t left_out_of_target(const Row& row) {
  const std::string begin = "Invalid Request URI " + row.path_sent;
  if (!row.body_out.starts_with(begin)) return std::stoul(row.name.substr(row.name.find(' '))) - kKeptTarget;
  return row.body_out.find_first_not_of('a', begin.size()) == std::string::npos
             ? row.body_out.size() - begin.size()
             : row.body_out.find_first_not_of('a', begin.size()) - begin.size();
}

std::string body_of(const json& body) {
  if (body.is_null()) return {};
  return body.is_string() ? body.get<std::string>() : body.dump();
}

Row to_row(const json& in) {
  Row out;
  out.seq = in.at("seq");
  out.group = in.at("group");
  out.name = in.at("name");
  out.method = in.at("method");
  out.path = in.at("path");
  out.path_sent = in.at("path_sent");
  out.headers = in.at("headers");
  out.body = body_of(in.at("body"));
  out.status = in.at("status");
  out.wall_ms = in.at("wall_ms");
  out.headers_out = in.at("headers_out");
  out.body_out = in.at("body_out").is_null() ? std::string() : in.at("body_out").get<std::string>();
  if (out.path_sent.size() == kKeptTarget) out.path_sent.append(left_out_of_target(out), 'a');
  return out;
}

const std::regex kVariable(R"(\$\{(\w+)\})");

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), kVariable), end; it != end; ++it) names.push_back((*it)[1]);
  return names;
}

/// Variables that no path shows: the row of the group whose answer holds the id.
const std::vector<std::tuple<std::string, std::string, std::string>> kNamedRows = {
    {"service_update_delete", "b1", "batch reg 1"},
    {"service_update_delete", "b2", "batch reg 2"},
    {"heartbeat_set", "i", "i1"},
    {"heartbeat_set", "j", "i2"},
    {"find", "cx", "c other app"},
    {"find", "ce", "c env"},
    {"rules", "e", "evil consumer"},
};

/// Ids of the services that the rows so far name, by id or by app and name in a request.
std::set<std::string> known_services(const json& services, const std::string& told) {
  std::set<std::string> known;
  for (const json& entry : services) {
    const json& service = entry.contains("value") ? entry.at("value") : entry;
    const std::string id = service.at("serviceId");
    const std::string name =
        "\"appId\":" + service.at("appId").dump() + ",\"serviceName\":" + service.at("serviceName").dump();
    const bool is_told = told.find(id) != std::string::npos || told.find(name) != std::string::npos;
    if (is_told) known.insert(id);
  }
  return known;
}

std::string part_from_end(const std::string& path, std::size_t index) {
  std::size_t end = path.size();
  for (; index > 0; --index) end = path.rfind('/', end - 1);
  const std::size_t begin = path.rfind('/', end - 1) + 1;
  return path.substr(begin, end - begin);
}

/// The id of the service whose dependencies an entry holds: named by environment, app and name, as the indexes know it.
std::string named_service(const json& cache, const std::string& key) {
  const std::string name = part_from_end(key, 3) + "/" + part_from_end(key, 2) + "/" + part_from_end(key, 1) + "/";
  for (const json& index : cache.at("serviceIndexes")) {
    if (index.at("key").get<std::string>().find("/" + name) != std::string::npos) return index.at("value");
  }
  return {};
}

std::string service_of(const json& cache, const std::string& section, const json& entry) {
  const std::string key = entry.at("key");
  if (section == "serviceIndexes" || section == "serviceAliases") return entry.at("value");
  if (section == "summaries" || section == "instances") return part_from_end(key, 1);
  return section == "dependencyRules" ? named_service(cache, key) : part_from_end(key, 0);
}

void drop_unknown(json& cache, const std::string& told) {
  const json whole = cache;
  const std::set<std::string> known = known_services(cache.at("services"), told);
  for (auto& [section, entries] : cache.items()) {
    json kept = json::array();
    for (const json& entry : entries) {
      if (known.count(service_of(whole, section, entry)) > 0) kept.push_back(entry);
    }
    entries = kept;
  }
}

std::string id_in(const std::string& answer) {
  static const std::regex kId(R"re("(?:serviceId|instanceId)":"([^"]*)")re");
  std::smatch match;
  return std::regex_search(answer, match, kId) ? match[1].str() : std::string();
}

}  // namespace

std::optional<std::vector<Row>> load_recording(const std::string& release) {
  std::ifstream file(data_folder() / (release + ".json"));
  if (!file) return std::nullopt;
  std::vector<Row> rows;
  for (const json& row : json::parse(file)) rows.push_back(to_row(row));
  return rows;
}

Variables::Variables(const std::vector<Row>& rows) {
  static const std::regex kSpecial(R"([.+*?^()|\[\]\\])");
  for (const Row& row : rows) {
    const auto names = names_in(row.path);
    if (!names.empty()) {
      const std::string escaped = std::regex_replace(row.path, kSpecial, R"(\$&)");
      const std::string pattern = std::regex_replace(escaped, kVariable, "([^/&?=]*)");
      std::smatch match;
      if (std::regex_match(row.path_sent, match, std::regex(pattern))) {
        for (std::size_t i = 0; i < names.size(); ++i) values_[{row.group, names[i]}] = match[i + 1];
      }
    }
    for (const auto& [group, name, title] : kNamedRows) {
      if (row.group == group && row.name == title) values_[{group, name}] = id_in(row.body_out);
    }
  }
}

std::string Variables::fill(const Row& row, std::string text) const {
  for (const std::string& name : names_in(text)) {
    const auto found = values_.find({row.group, name});
    if (found == values_.end()) continue;
    const std::string word = "${" + name + "}";
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word)) {
      text.replace(at, word.size(), found->second);
    }
  }
  return text;
}

std::string expand_lengths(const std::string& text) {
  static const std::regex kLength(R"(<(object of )?(\d+) chars>)");
  std::smatch match;
  if (!std::regex_match(text, match, kLength)) return text;
  const std::size_t size = std::stoul(match[2]);
  // What the recorder sent as a body of a given length was an instance, or a service, with a long property.
  std::string out = match[1].matched ? R"({"service":{"serviceName":"big","properties":{"k":")"
                                     : R"({"instance":{"hostName":"h)" + match[2].str() + R"(","properties":{"k":")";
  const std::string end = "\"}}}";
  if (size < out.size() + end.size()) return std::string(size, 'x');
  out.append(size - out.size() - end.size(), 'v');
  return out + end;
}

std::string without_unknown(const std::string& recorded, const std::string& told) {
  json body = json::parse(quote_numbers(recorded));
  if (body.contains("cache")) drop_unknown(body["cache"], told);
  if (body.contains("services")) {
    const std::set<std::string> known = known_services(body["services"], told);
    json kept = json::array();
    for (const json& service : body["services"]) {
      if (known.count(service.at("serviceId")) > 0) kept.push_back(service);
    }
    body["services"] = kept;
  }
  return body.dump() + (recorded.back() == '\n' ? "\n" : "");
}

}  // namespace mocksc::conformance
