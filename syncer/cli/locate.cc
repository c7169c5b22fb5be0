// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/locate.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "syncer/config/daemon_config.h"
#include "syncer/daemon/daemon.h"
#include "syncer/store/file.h"

namespace syncer::cli {
namespace {

constexpr std::size_t kLongestAddress = 100;

Result<Endpoint> noted_in(const std::string& directory) {
  const auto text = store::read_file(directory + "/" + daemon::kAdminFile, kLongestAddress);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return failure(ErrorCode::Unreachable, directory, "no syncer runs with this data directory");
  return parse_endpoint((*text)->substr(0, (*text)->find('\n')));
}

/// Names of the nodes that noted an address below the root.
std::vector<std::string> running_below(const std::string& root) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(root, failed)) {
    if (std::filesystem::exists(entry.path() / daemon::kAdminFile, failed)) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<Endpoint> locate_daemon(const Arguments& arguments) {
  if (!arguments.admin.empty()) return parse_endpoint(arguments.admin);
  if (!arguments.data_dir.empty()) return noted_in(arguments.data_dir);
  const std::string root = config::state_root(config::process_environment());
  if (!arguments.node.empty()) return noted_in(root + "/" + arguments.node);
  const std::vector<std::string> names = running_below(root);
  if (names.empty()) {
    return failure(ErrorCode::Unreachable, root, "no syncer runs here; give --admin, --node or --data-dir");
  }
  if (names.size() == 1) return noted_in(root + "/" + names.front());
  std::string list;
  for (const std::string& name : names) list += " " + name;
  return failure(ErrorCode::Invalid, "", "several syncers run here; choose with --node:" + list);
}

}  // namespace syncer::cli
