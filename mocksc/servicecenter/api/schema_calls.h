// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

Answer put_schemas(Call& call);
Answer list_schemas(Call& call);
Answer put_schema(Call& call);
Answer delete_schema(Call& call);
syncer::HttpResponse get_schema(Call& call);

Answer put_tags(Call& call);
Answer get_tags(Call& call);
Answer put_tag(Call& call);
Answer delete_tags(Call& call);
/// Replaces (from 1.4.8 on) or merges the tags of a service.
std::optional<ApiError> store_tags(Call& call, ServiceRecord& service, const Properties& tags);

}  // namespace mocksc
