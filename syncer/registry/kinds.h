// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/registry/driver.h"

namespace syncer::registry {

/// The kinds of registry that a program knows, by name.
class Kinds {
 public:
  using Factory = std::function<std::unique_ptr<Driver>(const DriverContext&)>;

  /// Adds or replaces a kind.
  Kinds& add(std::string name, Factory make) {
    factories_.insert_or_assign(std::move(name), std::move(make));
    return *this;
  }
  bool contains(std::string_view name) const { return factories_.find(name) != factories_.end(); }
  std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const auto& [name, make] : factories_) all.push_back(name);
    return all;
  }
  /// A driver of the kind that the settings name, which has to be known.
  std::unique_ptr<Driver> make(const DriverContext& context) const {
    return factories_.at(context.settings.kind)(context);
  }

 private:
  std::map<std::string, Factory, std::less<>> factories_;
};

}  // namespace syncer::registry
