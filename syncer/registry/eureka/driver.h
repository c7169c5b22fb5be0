// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "syncer/registry/driver.h"

namespace syncer::registry::eureka {

/// Netflix's Eureka, as Spring Cloud ships it and as a war of its own.
std::unique_ptr<Driver> make_driver(const DriverContext& context);
/// What a Eureka server is known by.
KindSign sign();

}  // namespace syncer::registry::eureka
