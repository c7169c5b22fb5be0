// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/key_help.h"

#include <algorithm>
#include <array>
#include <utility>

namespace syncer::config {
namespace {

struct Heading {
  std::string_view title;
  /// Keys, or beginnings of keys that end with a dot. In this order where they are keys.
  std::vector<std::string_view> members;
};

const std::vector<Heading>& headings() {
  static const std::vector<Heading> kHeadings = {
      {"Basic", {"sc-addr", "bind-addr", "rpc-addr", "join-addr", "cluster-name", "node", "mode", "data-dir"}},
      {"Logs, metrics and commands",
       {"log.level", "log.format", "trace.file", "metrics-addr", "admin.socket", "admin.socket-group", "admin-addr",
        "admin.token-file", "admin."}},
      {"Who is believed", {"gossip.keyring-file", "tls.ca-file", "tls.cert-file", "tls.key-file", "tls.mode", "tls."}},
      {"The registry of this region", {"registry."}},
      {"A bridge to a second registry", {"bridge", "bridge."}},
      {"What goes from region to region", {"sync.", "policy"}},
      {"The guard against mass removals", {"guard."}},
      {"Addresses behind NAT", {"advertise-addr", "gossip.address", "rpc.address", "cluster.address"}},
      {"A region of several syncers", {"cluster-port", "cluster."}},
      {"A second registry of this site", {"bridge", "bridge."}},
      {"Timing of gossip", {"gossip."}},
  };
  return kHeadings;
}

/// How well a heading's member names the key: 2 by name, 1 by its beginning, 0 not at all.
int fit(std::string_view member, std::string_view key) {
  if (member == key) return 2;
  return member.ends_with('.') && key.starts_with(member) ? 1 : 0;
}

std::vector<KeyGroup> all_groups() {
  std::vector<KeyGroup> groups;
  for (const Heading& heading : headings()) groups.push_back({heading.title, {}});
  groups.push_back({"Other", {}});
  // By name first, so that a heading keeps its own order; then by beginning, wherever no heading names the key.
  std::vector<bool> placed(keys().size());
  for (const int wanted : {2, 1}) {
    for (std::size_t h = 0; h < headings().size(); ++h) {
      for (const std::string_view member : headings()[h].members) {
        for (std::size_t k = 0; k < keys().size(); ++k) {
          if (placed[k] || fit(member, keys()[k].name) != wanted) continue;
          groups[h].keys.push_back(&keys()[k]);
          placed[k] = true;
        }
      }
    }
  }
  for (std::size_t k = 0; k < keys().size(); ++k) {
    if (!placed[k]) groups.back().keys.push_back(&keys()[k]);
  }
  std::erase_if(groups, [](const KeyGroup& group) { return group.keys.empty(); });
  return groups;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kPlaceholders = {{
    {"URLs", "URL[,URL]"},
    {"HOST:PORT, comma-separated", "HOST:PORT[,...]"},
    {"IPs, comma-separated", "IP[,IP]"},
    {"REGION=BYTES", "REGION=BYTES[,...]"},
    {"IP", ""},
    {"a duration", "TIME"},
    {"a whole number", "N"},
    {"a file", "FILE"},
    {"a directory", "DIR"},
    {"a path", "PATH"},
    {"a group", "GROUP"},
    {"a port", "PORT"},
    {"a name", "NAME"},
    {"an address", "IP:PORT"},
    {"a share", "SHARE"},
    {"one or more texts", "TEXT[,TEXT]"},
    {"a JSON object", "JSON"},
}};

/// "auto, text or json" as "auto|text|json"; empty when these are no single words.
std::string alternatives(std::string_view form) {
  std::string out;
  if (form.find(" or ") == std::string_view::npos) return out;
  while (!form.empty()) {
    const std::size_t comma = form.find(", ");
    const std::size_t last = form.find(" or ");
    const std::size_t end = std::min({comma, last, form.size()});
    std::string word(form.substr(0, end));
    std::erase(word, '"');
    if (word.find(' ') != std::string::npos) return "";
    out += (out.empty() ? "" : "|") + word;
    if (end == form.size()) break;
    form.remove_prefix(end + (end == comma ? 2 : 4));
  }
  return out;
}

}  // namespace

const std::vector<KeyGroup>& key_groups() {
  static const std::vector<KeyGroup> kGroups = all_groups();
  return kGroups;
}

std::string placeholder(std::string_view form) {
  if (std::string words = alternatives(form); !words.empty()) return words;
  for (const auto& [beginning, word] : kPlaceholders) {
    if (form.starts_with(beginning)) return std::string(word.empty() ? form : word);
  }
  return "TEXT";
}

}  // namespace syncer::config
