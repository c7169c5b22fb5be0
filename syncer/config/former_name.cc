// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/former_name.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "syncer/store/file.h"

namespace syncer::config {
namespace {

constexpr std::size_t kLongestFile = 4096;

}  // namespace

std::string to_text(const FormerName& name) {
  return "node " + name.node + "\nbind-addr " + name.bind + "\nsc-addr " + name.registries + "\n";
}

Result<std::optional<FormerName>> read_former_name(const std::string& directory) {
  const std::string path = directory + "/" + kNameFile;
  const auto content = store::read_file(path, kLongestFile);
  if (!content) return tl::unexpected(content.error());
  if (!*content) return std::optional<FormerName>();
  std::map<std::string, std::string> values;
  std::istringstream lines(**content);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    values[line.substr(0, blank)] = line.substr(std::min(blank + 1, line.size()));
  }
  FormerName name{values["node"], values["bind-addr"], values["sc-addr"]};
  if (name.node.empty()) return failure(ErrorCode::Corrupt, path, "it does not say whose folder this is");
  return std::optional(std::move(name));
}

std::vector<FormerName> former_names_below(const std::string& root) {
  std::vector<FormerName> all;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(root, failed)) {
    auto name = read_former_name(entry.path().string());
    // A folder that was copied elsewhere is not where its name would be looked for.
    if (name && *name && (*name)->node == entry.path().filename()) all.push_back(std::move(**name));
  }
  std::sort(all.begin(), all.end(), [](const FormerName& a, const FormerName& b) { return a.node < b.node; });
  return all;
}

}  // namespace syncer::config
