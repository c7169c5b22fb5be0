// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sim::show {

/// The page without its data, which goes to {{data}}; made of sim/show/page.
extern const std::string_view kRunPage;
/// What may run in it, as a content security policy. The page says so itself.
extern const std::string_view kRunPagePolicy;

}  // namespace sim::show
