// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "syncer/base/quantity.h"
#include "syncer/config/file.h"

namespace syncer::config {
namespace {

using namespace std::chrono_literals;

/// The key that an error is about: its place is the value's, or it names the key.
Values::iterator blamed(Values& values, const Error& error) {
  return std::find_if(values.begin(), values.end(), [&](const auto& one) {
    return one.second.origin != "default" && (one.second.origin == error.where || one.first == error.where);
  });
}

const std::string& default_of(const std::string& key) {
  const auto found = std::find_if(keys().begin(), keys().end(), [&](const Key& k) { return k.name == key; });
  return found->default_value;
}

/// Reads the values of a checked configuration.
class Adviser {
 public:
  explicit Adviser(const DaemonConfig& config) : config_(config) {}

  std::vector<std::string> run() && {
    timing();
    guard();
    addresses();
    without_effect();
    return std::move(found_);
  }

 private:
  const std::string& text(const char* key) const { return config_.effective.at(key).text; }
  bool given(const std::string& key) const {
    const std::string& origin = config_.effective.at(key).origin;
    return origin != "default" && origin != "derived";
  }
  Duration time(const char* key) const { return parse_duration(text(key)).value_or(Duration::zero()); }
  void say(const std::string& key, const std::string& what) {
    found_.push_back(key + " = " + text(key.c_str()) + ": " + what);
  }

  void timing() {
    if (time("sync.hold") < 30s)
      say("sync.hold", "copies go with every cut or restart that lasts longer; two minutes bridge both");
    if (time("sync.longest-interval") > 15s || time("sync.interval") > 15s)
      say(time("sync.interval") > 15s ? "sync.interval" : "sync.longest-interval",
          "with two reads of that distance the promise of 30 seconds does not hold");
    if (time("sync.forget") < time("sync.hold"))
      say("sync.forget", "a region is forgotten before its copies would go, which is after sync.hold");
    if (config_.log_level < Severity::Info)
      say("log.level", "for a look in between there is \"syncer log-level debug --for 10m\"");
  }

  void guard() {
    if (text("guard.share") == "100%") say("guard.share", "only the loss of a whole region is held");
    if (time("guard.hold") < 1min) say("guard.hold", "shorter than a lease, so that a loss is not bridged");
  }

  void addresses() {
    for (const std::string& target : config_.join) {
      if (target == text("bind-addr") || target == text("rpc-addr"))
        say("join-addr", "names this syncer itself, which joins nothing");
    }
    const bool hidden = config_.node.gossip_address.is_loopback() || config_.node.rpc_address.is_loopback();
    const auto elsewhere = [](const Endpoint& seed) { return !seed.is_loopback(); };
    if (hidden && std::any_of(config_.node.join.begin(), config_.node.join.end(), elsewhere))
      say("bind-addr", "other machines cannot reach this syncer, and join-addr names some");
    if (!given("cluster-name") && !given("node"))
      say("cluster-name", "follows from the name of this machine; give cluster-name and node, so that they stay");
  }

  void without_effect() {
    const bool single = text("mode") == "single";
    constexpr std::array kOfCluster = {"cluster-port", "cluster.voters", "cluster.address", "cluster.heartbeat",
                                       "cluster.election-timeout"};
    for (const char* key : kOfCluster) {
      if (single && given(key)) say(key, "means nothing in mode single");
    }
    if (!single && config_.node.cluster.voters % 2 == 0)
      say("cluster.voters", "an even number bears no more losses than one less");
    if (given("admin.token-file") && !config_.admin.commands)
      say("admin.token-file", "means nothing without admin-addr");
    if (config_.registry_tls.ca_file.empty()) return;
    const auto is_https = [](const std::string& address) { return address.starts_with("https://"); };
    const auto& addresses = config_.node.registry.addresses;
    if (std::none_of(addresses.begin(), addresses.end(), is_https))
      say("registry.ca-file", "no address of sc-addr begins with https://");
  }

  const DaemonConfig& config_;
  std::vector<std::string> found_;
};

}  // namespace

Findings check_text(std::string_view text, const std::string& file_name, const Environment& environment) {
  Findings findings;
  FileContent content = parse_all(text, file_name);
  findings.errors = std::move(content.problems);
  Values merged = merge(
      {}, [](const std::string&) -> std::optional<std::string> { return std::nullopt; }, content.values);
  // Each round finds one mistake, and goes on as if that key were not there.
  for (std::size_t round = 0; round <= keys().size(); ++round) {
    const auto config = assemble(merged, environment);
    if (config) {
      findings.warnings = config->warnings;
      for (std::string& one : advice(*config)) findings.warnings.push_back(std::move(one));
      break;
    }
    findings.errors.push_back(config.error());
    const auto key = blamed(merged, config.error());
    if (key == merged.end()) break;
    key->second = {default_of(key->first), "default"};
  }
  return findings;
}

std::vector<std::string> advice(const DaemonConfig& config) { return Adviser(config).run(); }

}  // namespace syncer::config
