// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/rewrite_form.h"

#include <algorithm>
#include <array>
#include <set>

#include "syncer/registry/record.h"

namespace syncer::policy {
namespace {

constexpr std::size_t kMostRewrites = 1000;
constexpr std::uint64_t kLastPort = 65535;

/// Every member of an object, with its name, through `read`.
template <class Read>
Result<void> each_member(const Cursor& at, Read read) {
  if (auto valid = check_members(at, {}); !valid) return valid;
  for (const json::Value& member : at.value) {
    if (auto done = read(std::string(member.name()), at.member(member)); !done) return done;
  }
  return {};
}

Result<void> add_host(const std::string& from, const Cursor& to, std::vector<HostRule>& rules) {
  const auto text = read_text(to);
  if (!text) return tl::unexpected(text.error());
  HostRule rule;
  const auto block = parse_address_block(from);
  const auto target = parse_address_block(*text);
  if (from.find('/') == std::string::npos && !block) {
    rule.name = from;
    rule.to_name = *text;
  } else if (!block || !target) {
    return refuse(to, block ? target.error().detail : block.error().detail);
  } else if (block->bits != target->bits) {
    return refuse(to, from + " and " + *text + " are of different sizes");
  } else {
    rule.from = *block;
    rule.to = *target;
  }
  rules.push_back(std::move(rule));
  return {};
}

/// "8080" or "30000-30100".
Result<PortRule> port_range(const std::string& text, const Cursor& at) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = parse_number(text.substr(0, dash), kLastPort);
  const auto last = dash == text.size() ? first : parse_number(text.substr(dash + 1), kLastPort);
  if (!first || !last || *first == 0 || *last < *first) {
    return refuse(at, "\"" + text + "\" is neither a port nor a range such as \"30000-30100\"");
  }
  return PortRule{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last), 0};
}

Result<void> add_port(const std::string& from, const Cursor& to, std::vector<PortRule>& rules) {
  auto rule = port_range(from, to);
  if (!rule) return tl::unexpected(rule.error());
  const auto target = to.value.natural();
  if (!target || *target == 0 || *target + (rule->last - rule->first) > kLastPort) {
    return refuse(to, "wants the first port that they are shown as, so that all of them are ports");
  }
  rule->to = static_cast<std::uint16_t>(*target);
  rules.push_back(*rule);
  return {};
}

/// "gw.example.com" or "gw.example.com:443".
Result<Gateway> read_gateway(const Cursor& at) {
  const auto text = read_text(at);
  if (!text) return tl::unexpected(text.error());
  const registry::ServiceEndpoint endpoint = registry::parse_service_endpoint(*text);
  const bool plain = endpoint.protocol.empty() && endpoint.path.empty() && !endpoint.host.empty();
  const bool has_colon = endpoint.host.find(':') != std::string::npos && !address_of(endpoint.host);
  if (!plain || has_colon) return refuse(at, "wants HOST or HOST:PORT");
  return Gateway{endpoint.host, endpoint.port};
}

/// The name that the rule for the rest gives a name; nothing when it cannot come out of it.
bool comes_out_of(const std::string& pattern, const std::string& name) {
  const std::size_t star = pattern.find('*');
  return name.size() + 1 >= pattern.size() && name.starts_with(pattern.substr(0, star)) &&
         name.ends_with(pattern.substr(star + 1));
}

Result<void> check_name(const Cursor& at, const Name& name) {
  const auto stars = std::count(name.to.begin(), name.to.end(), '*');
  if (name.from != "*" && name.from.find_first_of("*?") != std::string::npos) {
    return refuse(at, "\"" + name.from + "\": wants a name, or \"*\" for all others");
  }
  if (stars != (name.from == "*" ? 1 : 0)) {
    return refuse(at, name.from == "*" ? "wants one \"*\", in the place of the name" : "wants a name without \"*\"");
  }
  return {};
}

/// No two are shown under one name.
Result<void> check_way_back(const Cursor& at, const Names& names) {
  std::set<std::string> taken;
  const auto rest = std::find_if(names.begin(), names.end(), [](const Name& name) { return name.from == "*"; });
  for (const Name& name : names) {
    if (!taken.insert(name.to).second) return refuse(at, "two are shown as \"" + name.to + "\": there is no way back");
    if (rest == names.end() || name.from == "*" || !comes_out_of(rest->to, name.to)) continue;
    return refuse(at, "\"" + name.to + "\" may be another one as well, by \"" + rest->to + "\": there is no way back");
  }
  return {};
}

Result<Names> read_names(const Cursor& at) {
  Names names;
  const auto read = [&](const std::string& from, const Cursor& to) -> Result<void> {
    auto text = read_text(to);
    if (!text) return tl::unexpected(text.error());
    names.push_back({from, std::move(*text)});
    return check_name(to, names.back());
  };
  if (auto done = each_member(at, read); !done) return tl::unexpected(done.error());
  if (auto unique = check_way_back(at, names); !unique) return tl::unexpected(unique.error());
  return names;
}

Result<void> read_renaming(const Cursor& at, Rewrite& rewrite) {
  constexpr std::array<std::string_view, 3> kMembers = {"environment", "app", "namespace"};
  if (auto valid = check_members(at, kMembers); !valid) return valid;
  const std::array<Names*, 3> into = {&rewrite.environments, &rewrite.apps, &rewrite.spaces};
  for (std::size_t i = 0; i < kMembers.size(); ++i) {
    const json::Value* given = at.value.find(kMembers[i]);
    if (given == nullptr) continue;
    auto names = read_names(at.member(*given));
    if (!names) return tl::unexpected(names.error());
    *into[i] = std::move(*names);
  }
  return {};
}

Result<void> read_metadata(const Cursor& at, Rewrite& rewrite) {
  constexpr std::array<std::string_view, 2> kMembers = {"add", "leave-out"};
  if (auto valid = check_members(at, kMembers); !valid) return valid;
  if (const json::Value* given = at.value.find("leave-out")) {
    auto keys = read_globs(at.member(*given));
    if (!keys) return tl::unexpected(keys.error());
    rewrite.leave_out = std::move(*keys);
  }
  const json::Value* add = at.value.find("add");
  if (add == nullptr) return {};
  return each_member(at.member(*add), [&](const std::string& key, const Cursor& value) -> Result<void> {
    if (key.starts_with("syncer.")) return refuse(value, "names that begin with \"syncer.\" are those of syncers");
    auto text = read_text(value);
    if (!text) return tl::unexpected(text.error());
    rewrite.add.emplace(key, std::move(*text));
    return {};
  });
}

Result<void> read_side(const Cursor& at, Rewrite& rewrite) {
  const bool to = at.value.find("to") != nullptr;
  if (to == (at.value.find("from") != nullptr)) {
    return refuse(at, "wants either \"to\" (what is given is shown otherwise) or \"from\" (what is taken)");
  }
  rewrite.direction = to ? Direction::Export : Direction::Import;
  auto regions = read_regions(at, to ? "to" : "from");
  if (!regions) return tl::unexpected(regions.error());
  rewrite.regions = std::move(*regions);
  return {};
}

Result<void> read_addresses(const Cursor& at, Rewrite& rewrite) {
  if (const json::Value* hosts = at.value.find("hosts")) {
    const auto add = [&](const std::string& from, const Cursor& to) { return add_host(from, to, rewrite.hosts); };
    if (auto done = each_member(at.member(*hosts), add); !done) return done;
  }
  if (const json::Value* ports = at.value.find("ports")) {
    const auto add = [&](const std::string& from, const Cursor& to) { return add_port(from, to, rewrite.ports); };
    if (auto done = each_member(at.member(*ports), add); !done) return done;
  }
  const json::Value* gateway = at.value.find("gateway");
  if (gateway == nullptr) return {};
  auto read = read_gateway(at.member(*gateway));
  if (!read) return tl::unexpected(read.error());
  rewrite.gateway = std::move(*read);
  return {};
}

Result<void> read_match_of(const Cursor& at, Rewrite& rewrite) {
  const json::Value* given = at.value.find("match");
  if (given == nullptr) return {};
  if (rewrite.changes_names()) {
    return refuse(at.member(*given), "names change for all services of a link: leave it out, or \"rename\"");
  }
  auto match = read_match(at.member(*given));
  if (!match) return tl::unexpected(match.error());
  rewrite.match = std::move(*match);
  return {};
}

Result<Rewrite> read_rewrite(const Cursor& at, std::size_t number) {
  constexpr std::array<std::string_view, 9> kMembers = {"name",  "to",      "from",   "match",   "hosts",
                                                        "ports", "gateway", "rename", "metadata"};
  if (auto valid = check_members(at, kMembers); !valid) return tl::unexpected(valid.error());
  Rewrite rewrite;
  auto name = read_name(at, "rewriting " + std::to_string(number));
  if (!name) return tl::unexpected(name.error());
  rewrite.name = std::move(*name);
  if (auto done = read_side(at, rewrite); !done) return tl::unexpected(done.error());
  if (auto done = read_addresses(at, rewrite); !done) return tl::unexpected(done.error());
  for (const auto& [word, read] : {std::pair("rename", &read_renaming), std::pair("metadata", &read_metadata)}) {
    const json::Value* given = at.value.find(word);
    if (given == nullptr) continue;
    if (auto done = read(at.member(*given), rewrite); !done) return tl::unexpected(done.error());
  }
  if (auto done = read_match_of(at, rewrite); !done) return tl::unexpected(done.error());
  if (!rewrite.changes_names() && !rewrite.changes_instances()) return refuse(at, "changes nothing");
  return rewrite;
}

/// Both may be about one region, as far as the patterns tell.
bool overlap(const Globs& a, const Globs& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& one) {
    return std::any_of(b.begin(), b.end(), [&](const std::string& other) {
      if (is_literal(one)) return matches(other, one);
      return !is_literal(other) || matches(one, other);
    });
  });
}

}  // namespace

Result<std::vector<Rewrite>> read_rewrites(const Cursor& at) {
  std::vector<Rewrite> rewrites;
  if (!at.value.is_list()) return refuse(at, "wants a list of rewritings");
  for (const json::Value& one : at.value) {
    const Cursor here = at.element(one, rewrites.size());
    if (rewrites.size() == kMostRewrites) return refuse(here, "there are too many rewritings");
    auto rewrite = read_rewrite(here, rewrites.size() + 1);
    if (!rewrite) return tl::unexpected(rewrite.error());
    for (const Rewrite& other : rewrites) {
      const bool both = rewrite->changes_names() && other.changes_names() && rewrite->direction == other.direction;
      if (!both || !overlap(rewrite->regions, other.regions)) continue;
      return refuse(here, "\"" + other.name + "\" changes names of the same regions: one rewriting has to say it all");
    }
    rewrites.push_back(std::move(*rewrite));
  }
  return rewrites;
}

}  // namespace syncer::policy
