// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/store/settings.h"

#include <functional>
#include <map>

#include "syncer/base/nearest.h"
#include "syncer/base/quantity.h"

namespace mocksc::nacos {
namespace {

using syncer::Result;
using Setter = std::function<Result<void>(Options&, const std::string&)>;

Setter words(std::string Options::*field) {
  return [field](Options& options, const std::string& text) -> Result<void> {
    options.*field = text;
    return {};
  };
}

template <class Unit>
Setter time_in(syncer::Duration Options::*field) {
  return [field](Options& options, const std::string& text) -> Result<void> {
    const auto number = syncer::parse_number(text, 1'000'000'000);
    if (!number) return tl::unexpected(number.error());
    options.*field = Unit(*number);
    return {};
  };
}

const std::map<std::string_view, Setter>& setters() {
  static const std::map<std::string_view, Setter> kSetters = {
      {"server.servlet.contextPath", words(&Options::context)},
      {"nacos.core.auth.plugin.nacos.token.expire.seconds", time_in<std::chrono::seconds>(&Options::token_life)},
      {"nacos.naming.push.pushTaskDelay", time_in<std::chrono::milliseconds>(&Options::merge)},
      {"user", words(&Options::user)},
      {"password", words(&Options::password)},
  };
  return kSetters;
}

}  // namespace

Result<void> apply(const std::vector<std::pair<std::string, std::string>>& settings, Options& options) {
  std::vector<std::string_view> names;
  for (const auto& [name, setter] : setters()) names.push_back(name);
  for (const auto& [name, value] : settings) {
    const auto found = setters().find(name);
    if (found == setters().end()) {
      return syncer::failure(syncer::ErrorCode::Invalid, "--set",
                             "Nacos has no setting \"" + name + "\"" + syncer::did_you_mean(name, names));
    }
    if (auto done = found->second(options, value); !done) {
      done.error().where = name;
      return tl::unexpected(done.error());
    }
  }
  return {};
}

}  // namespace mocksc::nacos
