// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mocksc/eureka/instance.h"

namespace mocksc::eureka {

/// What a caller wants to read.
enum class Format : std::uint8_t { Xml, Json, Compact };

/// The instances of each application, in order.
using Listing = std::map<std::string, std::vector<const Instance*>>;

/// "DOWN_1_UP_2_": how many there are of each state.
std::string hash_of(const Listing& listing);
std::string render_instance(const Instance& instance, Format format);
std::string render_app(const std::string& name, const std::vector<const Instance*>& instances, Format format);
std::string render_apps(const Listing& listing, const std::string& version, const std::string& hash, Format format);

}  // namespace mocksc::eureka
