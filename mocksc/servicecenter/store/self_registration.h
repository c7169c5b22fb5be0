// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mocksc/servicecenter/store/options.h"
#include "mocksc/servicecenter/store/records.h"

namespace mocksc {

/// The service under which a service center registers itself in tenant default/default.
Service own_service(const ModelOptions& options, const std::string& timestamp);
/// The instance of one of its front-ends, "rest://10.12.0.1:30100/".
Instance own_instance(const Service& service, std::string instance_id, const std::string& endpoint);

}  // namespace mocksc
