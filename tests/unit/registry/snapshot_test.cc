// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/snapshot.h"

#include <gtest/gtest.h>

namespace syncer::registry {
namespace {

const ServiceKey kCart{"default/default", "", "shop", "cart", "1.0.0"};

TEST(Snapshot, AServiceThatIsCreatedAnewUnderAnotherIdKeepsItsName) {
  Snapshot view;
  const ServiceRef former{"default", "id-1"};
  const ServiceRef now{"default", "id-2"};
  view.put_service(former, {kCart, "record", "1", false, false});
  view.set_listed(former, false);
  view.put_service(now, {kCart, "record", "2", false, false});
  EXPECT_TRUE(view.erase_if_gone(former));
  ASSERT_NE(view.find(kCart), nullptr);
  EXPECT_EQ(*view.find(kCart), now);
  view.set_listed(now, false);
  EXPECT_TRUE(view.erase_if_gone(now));
  EXPECT_EQ(view.find(kCart), nullptr);
}

}  // namespace
}  // namespace syncer::registry
