// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "mocksc/servicecenter/store/records.h"

namespace mocksc {

/// Storage key by which a service is identified: "/cse-sr/ms/indexes/{domain}/{project}/{env}/{app}/{name}/{version}".
std::string index_key(std::string_view domain, std::string_view project, const Service& service);
/// SHA-1 of the index key: the same service has the same id in every service center.
std::string derive_service_id(std::string_view domain, std::string_view project, const Service& service);

}  // namespace mocksc
