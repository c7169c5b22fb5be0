// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

Answer cluster_health(Call& call);
Answer version(Call& call);
Answer root_version(Call& call);
/// The root page of releases before 1.4.8: links of a Pact broker.
Answer pact_index(Call& call);
/// The built-in syncer of 2.x, which is never configured here.
Answer syncer_health(Call& call);
Answer dump(Call& call);
Answer clusters(Call& call);
Answer alarms(Call& call);
Answer clear_alarms(Call& call);

}  // namespace mocksc
