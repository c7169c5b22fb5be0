// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/serf.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace e2e {
namespace {

constexpr const char* kProgram = "/usr/bin/serf";

/// 127.x.y.z with x and y of this process, z counted up: nobody else binds there.
std::string fresh_host() {
  static int agents = 0;
  const int pid = ::getpid();
  return "127." + std::to_string(1 + pid / 250 % 250) + "." + std::to_string(1 + pid % 250) + "." +
         std::to_string(++agents);
}

std::vector<std::string> agent_words(const std::string& name, const std::string& host,
                                     const std::vector<std::string>& more) {
  std::vector<std::string> all = {kProgram,       "agent",     "-node",        name,         "-bind",
                                  host + ":7946", "-rpc-addr", host + ":7373", "-log-level", "info"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

bool serf_is_installed() { return ::access(kProgram, X_OK) == 0; }

std::string secret_file(const Workplace& workplace, const std::string& name, const std::string& content) {
  std::string path = workplace.path() + "/" + name;
  std::ofstream(path) << content;
  ::chmod(path.c_str(), 0600);
  return path;
}

std::string keyring_file(const Workplace& workplace, const std::string& name, const std::string& key) {
  return secret_file(workplace, name, "[\"" + key + "\"]");
}

Serf::Serf(const std::string& name, const std::vector<std::string>& more_words)
    : name_(name), host_(fresh_host()), gossip_(host_ + ":7946"), process_(agent_words(name, host_, more_words)) {
  if (!process_.wait_for_line({"Serf agent running"}, seconds(20))) {
    throw std::runtime_error("serf did not start:\n" + process_.output());
  }
}

std::string Serf::run(std::vector<std::string> words) const {
  words.insert(words.begin(), kProgram);
  words.insert(words.begin() + 2, "-rpc-addr=" + host_ + ":7373");
  Process command(words);
  command.wait_for_exit(seconds(30));
  return command.output();
}

bool Serf::logs(const std::string& event, const std::string& member, milliseconds patience) const {
  return process_.wait_for_line({event + ": " + member}, patience).has_value();
}

std::string shown(const Syncer& syncer, const std::string& member, const std::string& field) {
  const auto answer = test::request("GET", "http://" + syncer.metrics, "/v1/members");
  if (!answer || answer->status != 200) return "";
  const auto document = nlohmann::json::parse(answer->body);
  for (const auto& m : document.at("members")) {
    if (m.at("name") == member) return m.at(field).is_string() ? m.at(field).get<std::string>() : m.at(field).dump();
  }
  return "";
}

bool shows(const Syncer& syncer, const std::string& member, const std::string& state, milliseconds patience) {
  return eventually(patience, [&] { return shown(syncer, member, "state") == state; });
}

std::vector<std::string> lonely(const std::string& node, const std::string& join) {
  return words(node, "http://127.0.0.1:1", join);
}

}  // namespace e2e
