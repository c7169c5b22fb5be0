// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

Answer govern_services(Call& call);
Answer govern_service(Call& call);
Answer govern_apps(Call& call);
Answer govern_statistics(Call& call);
Answer govern_relations(Call& call);

}  // namespace mocksc
