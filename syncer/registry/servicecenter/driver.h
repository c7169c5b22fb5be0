// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "syncer/registry/driver.h"

namespace syncer::registry::servicecenter {

/// A ServiceComb service center, spoken to by its v4 API. Of an entry id the space is the project, the other two are
/// the ids of service and instance. Needs a domain and projects in the settings.
std::unique_ptr<Driver> make_driver(const DriverContext& context);
/// What a service center is known by.
KindSign sign();

}  // namespace syncer::registry::servicecenter
