// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/backend.h"

#include <chrono>
#include <map>
#include <utility>

#include "mocksc/http/eureka_backend.h"
#include "mocksc/http/nacos_backend.h"
#include "mocksc/http/service_center_backend.h"
#include "syncer/base/nearest.h"

namespace mocksc {
namespace {

using Made = syncer::Result<std::unique_ptr<Backend>>;
using Maker = Made (*)(ServerOptions options);

const std::map<std::string_view, Maker>& makers() {
  static const std::map<std::string_view, Maker> kMakers = {
      {"eureka", make_eureka_backend}, {"nacos", make_nacos_backend}, {"servicecenter", make_service_center_backend}};
  return kMakers;
}

}  // namespace

std::function<syncer::Instant()> clock_of(const ServerOptions& options) {
  if (options.clock) return options.clock;
  return [start = std::chrono::steady_clock::now()] {
    return syncer::Instant(std::chrono::duration_cast<syncer::Duration>(std::chrono::steady_clock::now() - start));
  };
}

std::int64_t wall_at_zero(const ServerOptions& options) {
  if (options.clock) return 0;
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
}

std::vector<std::string_view> mock_kinds() {
  std::vector<std::string_view> names;
  for (const auto& [name, make] : makers()) names.push_back(name);
  return names;
}

syncer::Result<std::unique_ptr<Backend>> make_backend(ServerOptions options) {
  const auto found = makers().find(options.kind);
  if (found != makers().end()) return found->second(std::move(options));
  return syncer::failure(
      syncer::ErrorCode::Invalid, "--kind",
      "there is no kind of registry \"" + options.kind + "\"" + syncer::did_you_mean(options.kind, mock_kinds()));
}

}  // namespace mocksc
