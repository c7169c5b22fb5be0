// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

Answer register_instance(Call& call);
Answer unregister_instance(Call& call);
Answer heartbeat(Call& call);
syncer::HttpResponse heartbeat_set(Call& call);
Answer put_status(Call& call);
Answer put_instance_properties(Call& call);
Answer bulk_status(Call& call);
/// What a websocket call gets that does not ask for the upgrade.
syncer::HttpResponse socket_without_upgrade(Call& call);

/// The id of the instance once it is registered or its lease renewed.
ApiResult<std::string> register_one(Call& call, Instance instance);

}  // namespace mocksc
