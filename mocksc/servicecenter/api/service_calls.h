// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

/// From 2.1 on a body with rules and nothing else beside the service is never answered, though the service is stored.
syncer::HttpResponse register_service(Call& call);
Answer list_services(Call& call);
Answer delete_services(Call& call);
Answer get_service(Call& call);
Answer delete_service(Call& call);
Answer put_service_properties(Call& call);
/// Whether a service or a contract is there; answers with a summary header.
syncer::HttpResponse existence(Call& call);

}  // namespace mocksc
