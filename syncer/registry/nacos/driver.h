// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "syncer/registry/driver.h"

namespace syncer::registry::nacos {

/// "nacos": a Nacos server of release 1.4, 2.x or 3.x, or a cluster of them, over its HTTP API. Projects are its
/// namespaces. Needs read permission on them where the server has access control.
std::unique_ptr<Driver> make_driver(const DriverContext& context);

/// What a Nacos server is recognised by.
KindSign sign();

}  // namespace syncer::registry::nacos
