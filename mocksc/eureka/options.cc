// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/options.h"

#include <functional>
#include <map>

#include "syncer/base/nearest.h"
#include "syncer/base/quantity.h"

namespace mocksc::eureka {
namespace {

using syncer::Duration;
using syncer::ErrorCode;
using syncer::failure;
using syncer::Result;

using Setter = std::function<Result<void>(Options&, const std::string&)>;

Setter flag(bool Options::*field) {
  return [field](Options& options, const std::string& text) -> Result<void> {
    if (text != "true" && text != "false") return failure(ErrorCode::Invalid, "", "wants true or false");
    options.*field = text == "true";
    return {};
  };
}

Setter milliseconds(Duration Options::*field) {
  return [field](Options& options, const std::string& text) -> Result<void> {
    const auto number = syncer::parse_number(text, 1'000'000'000);
    if (!number) return tl::unexpected(number.error());
    options.*field = std::chrono::milliseconds(*number);
    return {};
  };
}

Setter words(std::string Options::*field) {
  return [field](Options& options, const std::string& text) -> Result<void> {
    options.*field = text;
    return {};
  };
}

Result<void> set_share(Options& options, const std::string& text) {
  const auto share = syncer::parse_ratio(text);
  if (!share) return tl::unexpected(share.error());
  options.renewal_share = static_cast<double>(share->numerator) / static_cast<double>(share->denominator);
  return {};
}

const std::map<std::string_view, Setter>& setters() {
  static const std::map<std::string_view, Setter> kSetters = {
      {"eureka.server.use-read-only-response-cache", flag(&Options::read_only_cache)},
      {"eureka.server.response-cache-update-interval-ms", milliseconds(&Options::cache_interval)},
      {"eureka.server.eviction-interval-timer-in-ms", milliseconds(&Options::eviction_interval)},
      {"eureka.server.enable-self-preservation", flag(&Options::self_preservation)},
      {"eureka.server.renewal-percent-threshold", set_share},
      {"eureka.server.retention-time-in-m-s-in-delta-queue", milliseconds(&Options::delta_retention)},
      {"eureka.server.disable-delta",
       [](Options& options, const std::string& text) {
         auto done = flag(&Options::delta)(options, text);
         options.delta = !options.delta;
         return done;
       }},
      {"eureka.server.wait-time-in-ms-when-sync-empty", milliseconds(&Options::wait_when_empty)},
      {"mock.load-time", milliseconds(&Options::load_time)},
      {"mock.path", words(&Options::path)},
      {"mock.password", words(&Options::password)},
      {"mock.replication-delay", milliseconds(&Options::replication_delay)},
      {"mock.user", words(&Options::user)},
  };
  return kSetters;
}

}  // namespace

Result<Options> options_of(const std::vector<std::pair<std::string, std::string>>& settings) {
  Options options;
  std::vector<std::string_view> known;
  for (const auto& [name, set] : setters()) known.push_back(name);
  for (const auto& [name, value] : settings) {
    const auto found = setters().find(name);
    if (found == setters().end()) {
      return failure(ErrorCode::Invalid, "--set",
                     "unknown setting \"" + name + "\"" + syncer::did_you_mean(name, known));
    }
    if (auto done = found->second(options, value); !done) {
      return failure(ErrorCode::Invalid, "--set " + name, done.error().detail);
    }
  }
  return options;
}

}  // namespace mocksc::eureka
