// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/registry_kinds.h"

#include "syncer/registry/servicecenter/driver.h"

namespace syncer::node {

registry::Kinds registry_kinds() {
  return registry::Kinds().add("servicecenter", registry::servicecenter::make_driver);
}

}  // namespace syncer::node
